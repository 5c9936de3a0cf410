// The conformance policy: does what the user name of the client says, and answers with the result.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	insecure "math/rand/v2"
	"os"
	"strings"
	"time"

	"portcullis"
	"portcullis/log"
)

const echoAccount = "ECHO"

// A policy only for the suite: it keeps its settings and counts, which a normal policy does not do.
type conformance struct{ settings *portcullis.Settings }

var (
	count   int
	garbage []byte
)

func configure(settings *portcullis.Settings) (portcullis.Policy, error) {
	names := settings.DataNames()
	for _, name := range names {
		contents, err := settings.DataText(name)
		switch name {
		case "refuse":
			if err == nil {
				err = fmt.Errorf("%s", contents)
			}
			return nil, err
		case "trap":
			panic("trapped while configured")
		case "loop":
			loop()
		case "hoard":
			hoard()
		case "print":
			fmt.Println("printed while configured")
			fmt.Fprintln(os.Stderr, "warned while configured")
		}
	}
	log.Infof("configured with %d files", len(names))
	return conformance{settings}, nil
}

func (c conformance) Decide(request *portcullis.Request) portcullis.Decision {
	name := request.Client.Name.Or("")
	switch command, _ := request.User(); command {
	case "echo":
		return tell(echo(request))
	case "settings":
		return c.tellSettings()
	case "mirror":
		return mirror(request.Attributes)
	case "trap":
		panic("trapped while deciding")
	case "loop":
		loop()
	case "hoard":
		hoard()
	case "recurse":
		count = recurse(1)
	case "flood":
		for range 1000 {
			log.Infof("%s", strings.Repeat("x", 100))
		}
	case "log":
		log.Debugf("%s", name)
		log.Infof("%s", name)
		log.Warnf("%s", name)
		log.Errorf("%s", name)
	case "print":
		fmt.Println(name)
		fmt.Fprintln(os.Stderr, name)
	case "count":
		count++
		return tell([]string{fmt.Sprintf("count=%d", count)})
	case "grow":
		garbage = make([]byte, 1<<20)
		garbage = nil
	case "random":
		return tell([]string{secure(), secure(), fmt.Sprintf("default=%d", insecure.Uint64())})
	case "clock":
		return tell([]string{fmt.Sprintf("wall=%d", time.Now().Unix())})
	default:
		return portcullis.Deny("unknown command")
	}
	return portcullis.Pass()
}

func tell(lines []string) portcullis.Decision {
	return portcullis.Allow(portcullis.Account(echoAccount).Tags(lines...))
}

func (c conformance) tellSettings() portcullis.Decision {
	lines := []string{"json=" + c.settings.Raw()}
	for _, name := range c.settings.DataNames() {
		contents, err := c.settings.Data(name)
		if err != nil {
			return portcullis.Deny(err.Error())
		}
		lines = append(lines, "data."+name+"="+hex.EncodeToString(contents))
	}
	return tell(lines)
}

func secure() string {
	var bytes [8]byte
	rand.Read(bytes[:])
	return "secure=" + hex.EncodeToString(bytes[:])
}

func loop() {
	for {
		count++
	}
}

func hoard() {
	for kept := [][]byte{}; ; {
		more := make([]byte, 1<<20)
		more[0] = 1
		kept = append(kept, more)
	}
}

func recurse(depth int) int { return recurse(depth+1) + depth }

func init() { portcullis.Register(configure) }

func main() {}
