/** What the tests of several protocols share. */
@NullMarked
package io.culvert.lab;

import org.jspecify.annotations.NullMarked;
