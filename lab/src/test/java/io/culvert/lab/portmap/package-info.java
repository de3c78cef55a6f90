/** Accounts that call each other through real NATs. */
@NullMarked
package io.culvert.lab.portmap;

import org.jspecify.annotations.NullMarked;
