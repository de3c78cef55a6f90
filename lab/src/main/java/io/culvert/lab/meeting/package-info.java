/**
 * What is measured and tried between two peers has in common: a server and alice and bob in a
 * laboratory, each some way off, and what happens from the moment that alice wants to connect.
 */
@NullMarked
package io.culvert.lab.meeting;

import org.jspecify.annotations.NullMarked;
