package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class QuestionsTest {
  private final Questions questions = new Questions();

  @Test
  void anAnswerGoesToTheQuestionWithItsNumber() {
    Asked first = ask(SignalType.LOGGED_OUT);
    Asked second = ask(SignalType.LOGGED_OUT);
    LoggedOut answer = new LoggedOut(second.head().answer());
    assertThat(questions.answered(answer)).isTrue();
    assertThat(first.answer()).isNotDone();
    assertThat(second.answer()).isCompletedWithValue(answer);
  }

  @Test
  void anAnswerWithoutANumberGoesToTheOldestQuestionOfItsKind() {
    Asked login = ask(SignalType.LOGIN_RESPONSE);
    Asked first = ask(SignalType.LOGGED_OUT);
    Asked second = ask(SignalType.LOGGED_OUT);
    assertThat(questions.answered(new LoggedOut(Head.EMPTY))).isTrue();
    assertThat(first.answer()).isCompleted();
    assertThat(second.answer()).isNotDone();
    assertThat(login.answer()).isNotDone();
  }

  @Test
  void anAnswerOfAnotherKindIsNone() {
    Asked login = ask(SignalType.LOGIN_RESPONSE);
    assertThat(questions.answered(new LoggedOut(login.head().answer()))).isFalse();
    assertThat(questions.answered(new LoggedOut(Head.EMPTY))).isFalse();
    assertThat(login.answer()).isNotDone();
  }

  @Test
  void aFailureIsAnAnswerToo() {
    Asked login = ask(SignalType.LOGIN_RESPONSE);
    Failure failure = new Failure(Head.EMPTY, SignalType.LOGIN_RESPONSE, "no");
    assertThat(questions.answered(failure)).isTrue();
    assertThat(login.answer()).isCompletedWithValue(failure);
  }

  @Test
  void aQuestionIsAnsweredOnce() {
    Asked asked = ask(SignalType.LOGGED_OUT);
    LoggedOut answer = new LoggedOut(asked.head().answer());
    assertThat(questions.answered(answer)).isTrue();
    assertThat(questions.answered(answer)).isFalse();
  }

  @Test
  void whatAPeerSaysIsNoAnswerWhateverItsNumber() {
    Asked asked = ask(SignalType.END);
    Party alice = new Party("alice", 1);
    FromServer signal =
        CallDataCodec.relay(asked.head(), new End(alice, new Party("bob", 2), EndMode.BUSY));
    assertThat(questions.answered(signal)).isFalse();
    assertThat(asked.answer()).isNotDone();
  }

  @Test
  void whenThereWillBeNoAnswersAllQuestionsFail() {
    Asked one = ask(SignalType.LOGGED_OUT);
    Asked other = ask(SignalType.LOGIN_RESPONSE);
    questions.fail(new IOException("gone"));
    assertThat(one.answer()).isCompletedExceptionally();
    assertThat(other.answer()).isCompletedExceptionally();
  }

  private record Asked(Head head, CompletableFuture<FromServer> answer) {}

  private Asked ask(int answerType) {
    Head head = questions.nextHead("");
    return new Asked(head, questions.await(answerType));
  }
}
