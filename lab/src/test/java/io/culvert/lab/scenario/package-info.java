@NullMarked
package io.culvert.lab.scenario;

import org.jspecify.annotations.NullMarked;
