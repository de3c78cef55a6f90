/** What a server costs, measured on one that runs in a process of its own. */
@NullMarked
package io.culvert.lab.bench;

import org.jspecify.annotations.NullMarked;
