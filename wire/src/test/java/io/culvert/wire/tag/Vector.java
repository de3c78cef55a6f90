package io.culvert.wire.tag;

import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.Request;
import io.culvert.wire.tag.TagMessage.TagList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A message and how it is written.
 *
 * @param brief the same without what can be left out
 */
record Vector(TagMessage message, String json, String brief) {
  private static final InetSocketAddress PUBLIC = address("203.0.113.7", 12345);
  private static final InetSocketAddress LAN = address("192.168.0.2", 54321);
  private static final Optional<InetSocketAddress> NO_LAN = Optional.empty();

  static List<Vector> all() {
    return List.of(
        of(new Register(1, Optional.empty(), NO_LAN), "{'t':1,'mid':1}"),
        of(
            new Register(-9, Optional.of("Zoë"), Optional.of(LAN)),
            "{'t':1,'mid':-9,'usn':'Zoë','extra':{'lanhost':'192.168.0.2','lanport':54321}}"),
        of(
            new Registered(123456789, "abc"),
            "{'t':-1,'mid':123456789,'code':200,'extra':{'tag':'abc'}}",
            "{'t':-1,'mid':123456789,'extra':{'tag':'abc'}}"),
        of(new Heartbeat(Long.MAX_VALUE, "x"), "{'t':2,'mid':9223372036854775807,'tag':'x'}"),
        of(new HeartbeatAccepted(2), "{'t':-2,'mid':2,'code':200}", "{'t':-2,'mid':2}"),
        of(new ListTags(Long.MIN_VALUE, "x"), "{'t':3,'mid':-9223372036854775808,'tag':'x'}"),
        of(
            new TagList(3, List.of("a", "b"), true),
            "{'t':-3,'mid':3,'code':200,'extra':{'tags':['a','b'],'more':true}}",
            "{'t':-3,'mid':3,'extra':{'tags':['a','b'],'more':true}}"),
        of(
            new TagList(3, List.of(), false),
            "{'t':-3,'mid':3,'code':200,'extra':{'tags':[],'more':false}}",
            "{'t':-3,'mid':3,'extra':{'tags':[],'more':false}}"),
        of(new Dial(4, "主叫", "被叫", NO_LAN), "{'t':4,'mid':4,'ltag':'主叫','extra':{'rtag':'被叫'}}"),
        of(
            new Dial(4, "l", "r", Optional.of(LAN)),
            "{'t':4,'mid':4,'ltag':'l','extra':{'rtag':'r','lanhost':'192.168.0.2','lanport':54321}}"),
        of(
            new Dialing(4, "tok"),
            "{'t':-4,'mid':4,'code':200,'extra':{'token':'tok'}}",
            "{'t':-4,'mid':4,'extra':{'token':'tok'}}"),
        of(
            new Refused(Request.REGISTER, 1, Status.of(503, "full")),
            "{'t':-1,'mid':1,'code':503,'em':'full'}",
            "{'t':-1,'mid':1,'code':503}"),
        of(
            new Refused(Request.HEARTBEAT, 1, Status.of(202)),
            "{'t':-2,'mid':1,'code':202}",
            "{'t':-2,'mid':1,'code':202}"),
        of(
            new Refused(Request.LIST, 1, Status.of(202, "no")),
            "{'t':-3,'mid':1,'code':202,'em':'no'}",
            "{'t':-3,'mid':1,'code':202}"),
        of(
            new Refused(Request.DIAL, 1, Status.of(203, "被叫不在线")),
            "{'t':-4,'mid':1,'code':203,'em':'被叫不在线'}",
            "{'t':-4,'mid':1,'code':203}"),
        of(
            new Knock(5, "tok", PUBLIC, NO_LAN),
            "{'t':10,'mid':5,'extra':{'token':'tok','host':'203.0.113.7','port':12345}}"),
        of(
            new Knock(5, "tok", address("2001:db8::7", 1), Optional.of(LAN)),
            "{'t':10,'mid':5,'extra':{'token':'tok','host':'2001:db8::7','port':1,"
                + "'lanhost':'192.168.0.2','lanport':54321}}"),
        of(
            new KnockAnswer(5, "tok", Status.ok(), OptionalInt.of(54321), NO_LAN),
            "{'t':-10,'mid':5,'token':'tok','code':200,'extra':{'port':54321}}",
            "{'t':-10,'mid':5,'token':'tok','extra':{'port':54321}}"),
        of(
            new KnockAnswer(5, "tok", Status.of(480, "busy"), OptionalInt.empty(), NO_LAN),
            "{'t':-10,'mid':5,'token':'tok','code':480,'em':'busy'}",
            "{'t':-10,'mid':5,'token':'tok','code':480}"),
        of(
            new Answer(6, "tok", Status.ok(), Optional.of(PUBLIC), Optional.of(LAN)),
            "{'t':11,'mid':6,'token':'tok','code':200,'extra':{'host':'203.0.113.7','port':12345,"
                + "'lanhost':'192.168.0.2','lanport':54321}}",
            "{'t':11,'mid':6,'token':'tok','extra':{'host':'203.0.113.7','port':12345,"
                + "'lanhost':'192.168.0.2','lanport':54321}}"),
        of(
            new Answer(6, "tok", Status.of(203, "gone"), Optional.empty(), NO_LAN),
            "{'t':11,'mid':6,'token':'tok','code':203,'em':'gone'}",
            "{'t':11,'mid':6,'token':'tok','code':203}"),
        of(new AnswerReceived(6, "tok"), "{'t':-11,'mid':6,'token':'tok'}"),
        of(new Open(), "{'t':30}"),
        of(new Probe(7, "tok"), "{'t':31,'mid':7,'token':'tok'}"),
        of(
            new ProbeAnswer(7, "tok", Status.ok()),
            "{'t':-31,'mid':7,'token':'tok','code':200}",
            "{'t':-31,'mid':7,'token':'tok'}"),
        of(
            new Connect(8, "tok", Connect.CONNECT),
            "{'t':32,'mid':8,'token':'tok','extra':{'op':1}}"),
        of(
            new ConnectAnswer(8, "tok", Status.ok(), Optional.of("key")),
            "{'t':-32,'mid':8,'token':'tok','code':200,'extra':{'conkey':'key'}}",
            "{'t':-32,'mid':8,'token':'tok','extra':{'conkey':'key'}}"),
        of(
            new ConnectAnswer(8, "tok", Status.of(400, "op"), Optional.empty()),
            "{'t':-32,'mid':8,'token':'tok','code':400,'em':'op'}",
            "{'t':-32,'mid':8,'token':'tok','code':400}"));
  }

  private static Vector of(TagMessage message, String json) {
    return of(message, json, json);
  }

  private static Vector of(TagMessage message, String json, String brief) {
    return new Vector(message, json.replace('\'', '"'), brief.replace('\'', '"'));
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
