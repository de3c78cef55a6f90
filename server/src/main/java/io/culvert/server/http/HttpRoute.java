package io.culvert.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a path answers.
 *
 * @param method the only one it takes; who takes GET takes HEAD, too
 * @param answers called on the event loop
 */
public record HttpRoute(HttpMethod method, Function<Question, CompletableFuture<Answer>> answers) {

  /**
   * What is asked.
   *
   * @param from the address of the client
   * @param reachedAt where it has reached this server
   * @param headers good until the function has returned, as the body is
   */
  public record Question(
      InetAddress from, InetSocketAddress reachedAt, HttpHeaders headers, ByteBuf body) {

    /** The value of a header, empty when there is none. */
    public String header(CharSequence name) {
      return headers.get(name, "");
    }
  }

  /**
   * JSON, unless the headers say something else.
   *
   * @param body is not copied
   * @param headers beside, or in place of, the usual ones
   */
  @SuppressWarnings("ArrayRecordComponent") // written once and never compared
  public record Answer(
      HttpResponseStatus status, byte[] body, Map<? extends CharSequence, String> headers) {
    public Answer(HttpResponseStatus status, byte[] json) {
      this(status, json, Map.of());
    }

    static Answer of(HttpResponseStatus status, Map<String, ?> json) {
      return new Answer(status, JsonMapper.shared().writeValueAsBytes(json));
    }

    /** What is wrong with a question, as a sentence in JSON. */
    public static Answer error(
        HttpResponseStatus status, String sentence, Map<? extends CharSequence, String> headers) {
      return new Answer(status, of(status, Map.of("error", sentence)).body(), headers);
    }
  }

  /** What can be had for the asking; the supplier is asked each time. */
  public static HttpRoute get(Supplier<Map<String, ?>> json) {
    return new HttpRoute(
        HttpMethod.GET,
        question ->
            CompletableFuture.completedFuture(Answer.of(HttpResponseStatus.OK, json.get())));
  }

  boolean takes(HttpMethod asked) {
    return asked.equals(method) || (method.equals(HttpMethod.GET) && asked.equals(HttpMethod.HEAD));
  }

  /** The value of an Allow header. */
  String allowed() {
    return method.equals(HttpMethod.GET) ? "GET, HEAD" : method.name();
  }
}
