/** The {@code culvert} command: a class a subcommand, each of them thin. */
@NullMarked
package io.culvert.cli;

import org.jspecify.annotations.NullMarked;
