package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.ServerAddress;
import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.FlowListener;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.flow.FlowSession;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who one is and at which server, for all commands that are about calls. */
final class FlowOptions {
  @Option(
      names = "--server",
      paramLabel = "HOST[:PORT]",
      description =
          "The server; its account port is 3375 when not named. "
              + "Without it, the one that culvert login has stored.")
  private @Nullable String server;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description = "Who you are. Without it, whom culvert login has stored.")
  private @Nullable String account;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "The password, as the first line of a file.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--server-fingerprint",
      paramLabel = "sha256:HEX",
      description =
          "The only certificate to take for the server's; it logs this when it starts. "
              + "Without it, one that an authority vouches for, or the one it has shown before.")
  private @Nullable String fingerprint;

  @Option(
      names = "--plain",
      description = "Does not try TLS: for servers that do not know it, which only costs time.")
  private boolean plain;

  @Mixin private EventOptions eventOptions = new EventOptions();

  Events events() {
    return eventOptions.events();
  }

  /** What to log in with: a password file, or what is stored. */
  FlowLogin login() throws IOException {
    if (passwordFile == null) {
      return stored();
    }
    return login(new Credential.Password(checked(PasswordInput.fromFile(passwordFile))));
  }

  /** What to log in with, given the credential. */
  FlowLogin login(Credential credential) throws IOException {
    if (server == null) {
      throw new UsageException("--server is missing: where is the account?");
    }
    if (account == null) {
      throw new UsageException("--account is missing: whose password is it?");
    }
    return login(address(server), account, credential);
  }

  /** The same, asking for the password where no file has it. */
  FlowLogin loginAsking(boolean passwordOnStdin) throws IOException {
    if (passwordFile != null) {
      return login();
    }
    String password =
        passwordOnStdin
            ? PasswordInput.firstLine(System.in, "--password-stdin")
            : PasswordInput.ask(
                "Password: ", "--password-file or --password-stdin take it from elsewhere.");
    return login(new Credential.Password(checked(password)));
  }

  private FlowLogin stored() throws IOException {
    StoredLogin stored =
        StoredLogin.load()
            .orElseThrow(() ->
                new UsageException(
                    "Nobody is logged in here: use culvert login, or --server, --account and --password-file."));
    boolean elsewhere = server != null && !address(server).equals(stored.server());
    boolean somebodyElse = account != null && !account.equals(stored.account());
    if (elsewhere || somebodyElse) {
      throw new UsageException(
          "%s is logged in at %s; for another login --password-file is needed."
              .formatted(stored.account(), stored.server()));
    }
    return login(stored.server(), stored.account(), new Credential.Token(stored.token()));
  }

  private FlowLogin login(ServerAddress address, String name, Credential credential)
      throws IOException {
    ServerTrust trust = trust(address);
    boolean pinned = trust instanceof ServerTrust.Pinned;
    if (plain && fingerprint != null) {
      throw new UsageException("--plain and --server-fingerprint exclude each other.");
    }
    if (plain && pinned) {
      throw new UsageException(
          "%s has shown a certificate before, so --plain would be less than it can do; to do so all the same, remove it from %s."
              .formatted(address, PersonalFiles.path(KnownServers.FILE)));
    }
    TlsPolicy policy = plain ? TlsPolicy.NONE : pinned ? TlsPolicy.REQUIRED : TlsPolicy.PREFERRED;
    try {
      return new FlowLogin(address, name, credential, policy, trust);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--account: " + e.getMessage() + ".");
    }
  }

  private ServerTrust trust(ServerAddress address) throws IOException {
    if (fingerprint != null) {
      try {
        return new ServerTrust.Pinned(Fingerprint.parse(fingerprint));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--server-fingerprint: " + e.getMessage());
      }
    }
    Optional<Fingerprint> known = KnownServers.fingerprintOf(address);
    return known.isPresent() ? new ServerTrust.Pinned(known.get()) : new ServerTrust.FirstUse();
  }

  private static ServerAddress address(String server) {
    try {
      return ServerAddress.parse(server, FlowClient.DEFAULT_PORT);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage() + ".");
    }
  }

  private static String checked(String password) {
    try {
      return new Credential.Password(password).text();
    } catch (IllegalArgumentException e) {
      throw new UsageException("The password: " + e.getMessage() + ".");
    }
  }

  /** Goes online and tells so. */
  static FlowClient goOnline(Events events, FlowLogin login, FlowListener listener)
      throws CulvertException, InterruptedException, IOException {
    FlowClient client = FlowClient.online(login, listener);
    rememberServer(events, login, client.session());
    tellOnline(events, client.account(), login.server());
    return client;
  }

  static void tellOnline(Events events, String account, ServerAddress server) {
    events.tell(
        "online",
        "online as %s at %s".formatted(account, server),
        field("account", account),
        field("server", server.toString()));
  }

  /** Remembers a certificate that was seen for the first time, and says what protects the login. */
  static void rememberServer(Events events, FlowLogin login, FlowSession session)
      throws IOException {
    switch (session.security()) {
      case ServerSecurity.Plain() when login.tls() == TlsPolicy.PREFERRED ->
          events.tell(
              "warning",
              "warning: %s speaks no TLS; the password and the names of peers are sent as they are."
                  .formatted(login.server()),
              field("message", "the server speaks no TLS"));
      case ServerSecurity.Encrypted(Fingerprint seen, ServerSecurity.Verification by)
          when by == ServerSecurity.Verification.FIRST_USE -> {
        KnownServers.remember(login.server(), seen);
        events.tell(
            "server-remembered",
            "from now on %s is the server with the certificate %s".formatted(login.server(), seen),
            field("server", login.server().toString()),
            field("fingerprint", seen.toString()));
      }
      case ServerSecurity.Plain _, ServerSecurity.Encrypted _ -> {}
    }
  }

  /** The link of a connection, after saying what may be amiss with it. */
  static Link link(Events events, FlowConnection connection) {
    return switch (connection) {
      case FlowConnection.Stream(Link link) -> link;
      case FlowConnection.Datagrams(Link link, String why) -> {
        Reports.onlyDatagrams(events, why);
        yield link;
      }
    };
  }
}
