package io.culvert.client.flow;

import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * What was asked on one connection and is not answered yet. An answer carries the number of its
 * question; that of a server which does not know numbers is for the oldest question of its kind.
 * Not thread-safe.
 */
final class Questions {
  private record Question(int answerType, CompletableFuture<FromServer> answer) {}

  private final Map<Long, Question> open = new LinkedHashMap<>();
  private int lastNumber;

  /** The head of the next question. */
  Head nextHead(String token) {
    return Head.numbered(token, ++lastNumber);
  }

  /** Waits for the answer of that signalType to the question whose head was made last. */
  CompletableFuture<FromServer> await(int answerType) {
    long number = lastNumber;
    Question question = new Question(answerType, new CompletableFuture<>());
    open.put(number, question);
    return question.answer().whenComplete((answer, why) -> open.remove(number));
  }

  /** Gives an answer to whoever waits for it; false when nobody does. */
  boolean answered(FromServer message) {
    OptionalInt type = answerType(message);
    if (type.isEmpty()) {
      return false;
    }
    Optional<Question> question = question(message.head(), type.getAsInt());
    return question.isPresent() && question.get().answer().complete(message);
  }

  /** There will be no answers any more. */
  void fail(Throwable why) {
    List.copyOf(open.values()).forEach(question -> question.answer().completeExceptionally(why));
  }

  private Optional<Question> question(Head head, int type) {
    if (head.seq().isEmpty()) {
      return open.values().stream().filter(question -> question.answerType() == type).findFirst();
    }
    OptionalLong number = head.number();
    return number.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(open.get(number.getAsLong()))
            .filter(question -> question.answerType() == type);
  }

  /** Signals of peers are no answers, though they carry the numbers that those have given them. */
  private static OptionalInt answerType(FromServer message) {
    return switch (message) {
      case LoginResponse _ -> OptionalInt.of(SignalType.LOGIN_RESPONSE);
      case SessionStarted _ -> OptionalInt.of(SignalType.SESSION_STARTED);
      case LoggedOut _ -> OptionalInt.of(SignalType.LOGGED_OUT);
      case Failure failure -> OptionalInt.of(failure.signalType());
      case Unreadable unreadable -> OptionalInt.of(unreadable.signalType());
      case Relay _, Replaced _ -> OptionalInt.empty();
    };
  }
}
