/** Accounts that call each other through real NATs. */
@NullMarked
package io.culvert.lab.flow;

import org.jspecify.annotations.NullMarked;
