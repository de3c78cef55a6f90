"""A peer made of libnice; see ForeignPeer for what is said on stdin and stdout."""

import ctypes
import os
import sys
import threading
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_uint, c_void_p

nice = ctypes.CDLL("libnice.so.10")
gobject = ctypes.CDLL("libgobject-2.0.so.0")
glib = ctypes.CDLL("libglib-2.0.so.0")

RFC5245 = 0
TRICKLE, CONSENT = 1 << 3, 1 << 5
CONNECTED, READY, FAILED = 3, 4, 5
COMPONENT = 1

for library, function, result, arguments in [
    (glib, "g_main_loop_new", c_void_p, [c_void_p, c_int]),
    (glib, "g_main_loop_run", None, [c_void_p]),
    (glib, "g_main_context_default", c_void_p, []),
    (glib, "g_slist_append", c_void_p, [c_void_p, c_void_p]),
    (gobject, "g_signal_connect_data", ctypes.c_ulong, [c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_int]),
    (nice, "nice_agent_new_full", c_void_p, [c_void_p, c_int, c_int]),
    (nice, "nice_agent_add_stream", c_uint, [c_void_p, c_uint]),
    (nice, "nice_agent_set_relay_info", c_int, [c_void_p, c_uint, c_uint, c_char_p, c_uint, c_char_p, c_char_p, c_int]),
    (nice, "nice_agent_attach_recv", c_int, [c_void_p, c_uint, c_uint, c_void_p, c_void_p, c_void_p]),
    (nice, "nice_agent_get_local_credentials", c_int, [c_void_p, c_uint, POINTER(c_char_p), POINTER(c_char_p)]),
    (nice, "nice_agent_gather_candidates", c_int, [c_void_p, c_uint]),
    (nice, "nice_agent_generate_local_candidate_sdp", c_char_p, [c_void_p, c_void_p]),
    (nice, "nice_agent_set_remote_credentials", c_int, [c_void_p, c_uint, c_char_p, c_char_p]),
    (nice, "nice_agent_parse_remote_candidate_sdp", c_void_p, [c_void_p, c_uint, c_char_p]),
    (nice, "nice_agent_set_remote_candidates", c_int, [c_void_p, c_uint, c_uint, c_void_p]),
    (nice, "nice_agent_send", c_int, [c_void_p, c_uint, c_uint, c_uint, c_char_p]),
]:
    getattr(library, function).restype = result
    getattr(library, function).argtypes = arguments

options = dict(word.split("=", 1) for word in sys.argv[1:])
transports = options.get("transports", "udp").split("+")


def tell(*words):
    print(*words, flush=True)


def set_property(name, value):
    gobject.g_object_set(c_void_p(agent), name, value, None)


def on_signal(name, *arguments):
    def connect(function):
        callback = CFUNCTYPE(None, c_void_p, *arguments, c_void_p)(function)
        kept.append(callback)
        gobject.g_signal_connect_data(agent, name, ctypes.cast(callback, c_void_p), None, None, 0)

    return connect


kept = []
context = glib.g_main_context_default()
agent = nice.nice_agent_new_full(context, RFC5245, TRICKLE | CONSENT)
set_property(b"controlling-mode", c_int(options["role"] == "controlling"))
set_property(b"upnp", c_int(0))
set_property(b"ice-udp", c_int("udp" in transports))
set_property(b"ice-tcp", c_int("tcp" in transports))
if "stun" in options:
    host, port = options["stun"].rsplit(":", 1)
    set_property(b"stun-server", c_char_p(host.encode()))
    set_property(b"stun-server-port", c_uint(int(port)))
if options.get("only") == "relay":
    set_property(b"force-relay", c_int(1))
stream = nice.nice_agent_add_stream(agent, COMPONENT)
if "turn" in options:
    host, port = options["turn"].rsplit(":", 1)
    user, password = options["user"].encode(), options["password"].encode()
    nice.nice_agent_set_relay_info(agent, stream, COMPONENT, host.encode(), int(port), user, password, 0)


@CFUNCTYPE(None, c_void_p, c_uint, c_uint, c_uint, c_void_p, c_void_p)
def received(_agent, _stream, _component, length, data, _user):
    tell("heard", ctypes.string_at(data, length).decode())


@on_signal(b"new-candidate-full", c_void_p)
def found(_agent, candidate, _user):
    line = nice.nice_agent_generate_local_candidate_sdp(agent, candidate).decode()
    tell(line[len("a=") :])


@on_signal(b"candidate-gathering-done", c_uint)
def gathered(_agent, _stream, _user):
    tell("gathered")


@on_signal(b"component-state-changed", c_uint, c_uint, c_uint)
def changed(_agent, _stream, _component, state, _user):
    if state in (CONNECTED, READY):
        tell("connected")
    elif state == FAILED:
        tell("failed")


def listen():
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "credentials":
            ufrag, pwd = rest.encode().split()
            nice.nice_agent_set_remote_credentials(agent, stream, ufrag, pwd)
        elif word.startswith("candidate:"):
            add(line.strip())
        elif word == "say":
            nice.nice_agent_send(agent, stream, COMPONENT, len(rest), rest.encode())
    os._exit(0)


def add(line):
    candidate = nice.nice_agent_parse_remote_candidate_sdp(agent, stream, b"a=" + line.encode())
    if candidate:
        nice.nice_agent_set_remote_candidates(
            agent, stream, COMPONENT, glib.g_slist_append(None, candidate)
        )


nice.nice_agent_attach_recv(agent, stream, COMPONENT, context, ctypes.cast(received, c_void_p), None)
ufrag, pwd = c_char_p(), c_char_p()
nice.nice_agent_get_local_credentials(agent, stream, byref(ufrag), byref(pwd))
tell("credentials", ufrag.value.decode(), pwd.value.decode())
nice.nice_agent_gather_candidates(agent, stream)
threading.Thread(target=listen, daemon=True).start()
glib.g_main_loop_run(glib.g_main_loop_new(context, 0))
