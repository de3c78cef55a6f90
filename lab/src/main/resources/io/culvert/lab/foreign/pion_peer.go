// A peer made of pion; see ForeignPeer for what is said on stdin and stdout.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v2"
)

var mutex sync.Mutex

func tell(words ...interface{}) {
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Println(words...)
}

func check(err error) {
	if err != nil {
		tell("failed", err)
		os.Exit(1)
	}
}

func server(scheme ice.SchemeType, address string, options map[string]string) *ice.URL {
	at := strings.LastIndex(address, ":")
	port, err := strconv.Atoi(address[at+1:])
	check(err)
	return &ice.URL{
		Scheme: scheme, Host: address[:at], Port: port, Proto: ice.ProtoTypeUDP,
		Username: options["user"], Password: options["password"],
	}
}

func configuration(options map[string]string) *ice.AgentConfig {
	config := &ice.AgentConfig{
		NetworkTypes:     []ice.NetworkType{ice.NetworkTypeUDP4},
		MulticastDNSMode: ice.MulticastDNSModeDisabled,
	}
	if address, ok := options["stun"]; ok {
		config.Urls = append(config.Urls, server(ice.SchemeTypeSTUN, address, options))
	}
	if address, ok := options["turn"]; ok {
		config.Urls = append(config.Urls, server(ice.SchemeTypeTURN, address, options))
	}
	if options["only"] == "relay" {
		config.CandidateTypes = []ice.CandidateType{ice.CandidateTypeRelay}
	}
	if options["acceptance"] == "none" {
		none := time.Duration(0)
		config.HostAcceptanceMinWait = &none
		config.SrflxAcceptanceMinWait = &none
		config.PrflxAcceptanceMinWait = &none
		config.RelayAcceptanceMinWait = &none
	}
	return config
}

func connect(agent *ice.Agent, controlling bool, ufrag, pwd string, connected chan *ice.Conn) {
	dial := agent.Accept
	if controlling {
		dial = agent.Dial
	}
	conn, err := dial(context.Background(), ufrag, pwd)
	check(err)
	connected <- conn
	tell("connected")
	buffer := make([]byte, 2048)
	for {
		length, err := conn.Read(buffer)
		check(err)
		tell("heard", string(buffer[:length]))
	}
}

func main() {
	options := map[string]string{}
	for _, word := range os.Args[1:] {
		at := strings.Index(word, "=")
		options[word[:at]] = word[at+1:]
	}
	agent, err := ice.NewAgent(configuration(options))
	check(err)
	ufrag, pwd, err := agent.GetLocalUserCredentials()
	check(err)
	tell("credentials", ufrag, pwd)
	check(agent.OnCandidate(func(candidate ice.Candidate) {
		if candidate == nil {
			tell("gathered")
		} else {
			tell("candidate:" + candidate.Marshal())
		}
	}))
	check(agent.GatherCandidates())
	connected := make(chan *ice.Conn, 1)
	var conn *ice.Conn
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		line := input.Text()
		words := strings.Fields(line)
		switch {
		case words[0] == "credentials":
			go connect(agent, options["role"] == "controlling", words[1], words[2], connected)
		case strings.HasPrefix(line, "candidate:"):
			candidate, err := ice.UnmarshalCandidate(strings.TrimPrefix(line, "candidate:"))
			if err == nil {
				check(agent.AddRemoteCandidate(candidate))
			}
		case words[0] == "say":
			if conn == nil {
				conn = <-connected
			}
			_, err := conn.Write([]byte(strings.TrimPrefix(line, "say ")))
			check(err)
		}
	}
}
