package io.culvert.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The walls of the house: see docs/architecture.md. */
class ArchitectureTest {
  private static final JavaClasses CULVERT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.culvert");

  private static final String[] STUN_AND_TURN = {
    "io.culvert.wire.stun..", "io.culvert.server.turn.."
  };
  private static final Set<String> MACS = Set.of("javax.crypto.Mac", "io.culvert.wire.stun.Hmac");
  private static final Set<String> COMPARISONS =
      Set.of("equals", "mismatch", "compare", "compareTo", "compareUnsigned", "deepEquals");

  @Test
  void arrowsOnlyPointDown() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("wire")
        .definedBy("io.culvert.wire..")
        .layer("traversal")
        .definedBy("io.culvert.traversal..")
        .layer("client")
        .definedBy("io.culvert.client..")
        .layer("server")
        .definedBy("io.culvert.server..")
        .layer("lab")
        .definedBy("io.culvert.lab..")
        .layer("cli")
        .definedBy("io.culvert.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("lab")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("lab", "cli")
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("lab", "cli")
        .whereLayer("traversal")
        .mayOnlyBeAccessedByLayers("client", "lab", "cli")
        .check(CULVERT);
  }

  @Test
  void packagesDoNotGoRoundInCircles() {
    slices().matching("io.culvert.(**)").should().beFreeOfCycles().check(CULVERT);
  }

  @Test
  void traversalHasNoSocketsThreadsOrClocks() {
    noClasses()
        .that()
        .resideInAPackage("io.culvert.traversal..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "do I/O, start threads or tell the time",
                c ->
                    (c.getPackageName().startsWith("io.netty")
                            && !c.getPackageName().equals("io.netty.buffer")) // bytes are no I/O
                        || c.getPackageName().startsWith("java.nio.channels")
                        || c.getPackageName().startsWith("java.util.concurrent")
                        || c.isAssignableTo(Thread.class)
                        || c.isAssignableTo(java.time.InstantSource.class)
                        || c.isAssignableTo(java.net.Socket.class)
                        || c.isAssignableTo(java.net.ServerSocket.class)
                        || c.isAssignableTo(java.net.DatagramSocket.class)))
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CULVERT);
  }

  @Test
  void codecsDoNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.culvert.wire..")
        .and()
        .resideOutsideOfPackage("io.culvert.wire.transport..")
        .should()
        .callMethod(Thread.class, "start")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels..", "java.util.concurrent..", "io.netty.bootstrap..")
        .check(CULVERT);
  }

  @Test
  void nothingOfNettyIsInTheClientsPublicInterface() {
    classes()
        .that()
        .resideInAPackage("io.culvert.client..")
        .and()
        .resideOutsideOfPackages(
            "io.culvert.client.net",
            "io.culvert.client.ice",
            "io.culvert.client.quic",
            "io.culvert.client.turn")
        .or()
        .haveSimpleName("QuicConnection")
        .or()
        .haveSimpleName("QuicStream")
        .and()
        .arePublic()
        .should(
            new ArchCondition<>("show nothing of Netty in public") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                item.getMethods().stream()
                    .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(m ->
                        m.getAllInvolvedRawTypes().stream()
                            .anyMatch(t -> t.getPackageName().startsWith("io.netty")))
                    .forEach(m ->
                        events.add(SimpleConditionEvent.violated(m, m.getFullName() + " does")));
              }
            })
        .check(CULVERT);
  }

  /**
   * Security case 37. Whoever computes a MAC in STUN and TURN holds it against another one in
   * constant time, or is known to make one only; and nobody there compares bytes in any other way,
   * but for the values of attributes, which nothing that decides about a request looks at.
   */
  @Test
  void macsAreComparedInConstantTimeOnly() {
    classes()
        .that()
        .resideInAnyPackage(STUN_AND_TURN)
        .and(
            DescribedPredicate.describe(
                "compute a MAC",
                c ->
                    c.getMethodCallsFromSelf().stream()
                        .map(call -> call.getTargetOwner().getFullName())
                        .anyMatch(MACS::contains)))
        .and()
        .doNotHaveSimpleName("Hmac") // is one
        .and()
        .doNotHaveSimpleName("TimeLimited") // makes passwords
        .should()
        .callMethod(java.security.MessageDigest.class, "isEqual", byte[].class, byte[].class)
        .check(CULVERT);
    noClasses()
        .that()
        .resideInAnyPackage(STUN_AND_TURN)
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "compare bytes, but to say what equals a value of their own",
                call ->
                    !call.getOrigin().getName().equals("equals")
                        && COMPARISONS.contains(call.getName())
                        && (call.getTarget().getRawParameterTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(byte[].class))
                            || call.getTargetOwner().isAssignableTo(ByteBuf.class)
                            || call.getTargetOwner().isAssignableTo(java.nio.ByteBuffer.class))))
        .check(CULVERT);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.wire.stun")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("io.culvert.wire.stun.StunAttribute.MessageIntegrity.*")
        .check(CULVERT);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .should(
            new ArchCondition<>("be in a @NullMarked package") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                Optional<?> marked = item.getPackage().tryGetAnnotationOfType(NullMarked.class);
                if (marked.isEmpty()) {
                  events.add(
                      SimpleConditionEvent.violated(item, item.getName() + " is not in one"));
                }
              }
            })
        .check(CULVERT);
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(CULVERT);
  }
}
