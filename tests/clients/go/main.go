// Carries out operations of nats.go, one at a time: one JSON object on each line of stdin, one answer on each line of
// stdout. Tests use it to prove which permissions each operation needs, so each operation is written as the library's
// documentation shows it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

// An operation returns the value of its answer.
type operation func(*session, request) (any, error)

// A family is one file of operations.
type family map[string]operation

// Operations that the library does not have, with the reason.
var unsupported = map[string]string{
	"direct.batch": "nats.go has no batch get",
}

// The running operation writes answers and reads `continue`; there is never more than one.
var (
	lines  = bufio.NewScanner(os.Stdin)
	writer = json.NewEncoder(os.Stdout)
)

func main() {
	lines.Buffer(nil, 16<<20)
	operations := everyFamily()
	s := &session{}
	for lines.Scan() {
		write(answer(s, operations, lines.Bytes()))
	}
	s.close()
}

func everyFamily() family {
	all := family{}
	for _, some := range []family{
		core, services, streams, consumers, consume, consumeLegacy, keyValue, keyValueLegacy, objects, probes,
	} {
		for name, run := range some {
			all[name] = run
		}
	}
	return all
}

func answer(s *session, operations family, line []byte) map[string]any {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return map[string]any{"error": "the request cannot be read: " + err.Error(), "violations": []string{}}
	}
	switch r.Op {
	case "version":
		return map[string]any{"ok": version(operations)}
	case "state":
		return map[string]any{"ok": s.stateWhen(r.Wanted)}
	case "connect":
		return outcome(s, func() (any, error) { return nil, s.connect(r) })
	}
	run, known := operations[r.Op]
	if why, listed := unsupported[r.Op]; listed {
		return map[string]any{"unsupported": why}
	} else if !known {
		return map[string]any{"unsupported": "this driver knows no such operation"}
	} else if s.conn == nil {
		return map[string]any{"error": "there is no connection", "violations": []string{}}
	}
	return outcome(s, func() (any, error) { return withinTime(s, run, r) })
}

// Runs the operation, then waits until the server has reported everything about it.
func outcome(s *session, run func() (any, error)) map[string]any {
	s.forgetViolations()
	value, err := run()
	violations := s.settle()
	if err != nil {
		return map[string]any{"error": err.Error(), "violations": violations}
	}
	return map[string]any{"ok": value, "violations": violations}
}

type result struct {
	value any
	err   error
}

// An operation that takes too long is abandoned together with its connection, so that it cannot disturb the next one.
// An operation that waits for `continue` has as much time as its reader takes.
func withinTime(s *session, run operation, r request) (any, error) {
	done := make(chan result, 1)
	s.pausable = make(chan bool)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				fmt.Fprintf(os.Stderr, "%v\n%s", cause, debug.Stack())
				done <- result{err: fmt.Errorf("panic: %v", cause)}
			}
		}()
		value, err := run(s, r)
		done <- result{value, err}
	}()
	limit := time.After(3 * s.timeout)
	for {
		select {
		case got := <-done:
			return got.value, got.err
		case waits := <-s.pausable:
			limit = nil
			if !waits {
				limit = time.After(3 * s.timeout)
			}
		case <-limit:
			s.abandoned = true
			return nil, fmt.Errorf("the library did not return within %v", 3*s.timeout)
		}
	}
}

func write(value any) {
	if err := writer.Encode(value); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func version(operations family) any {
	names := []string{}
	for name := range operations {
		names = append(names, name)
	}
	slices.Sort(names)
	of := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/nats-io/nats.go" {
				of = module.Version
			}
		}
	}
	return map[string]any{"library": "nats.go", "version": of, "operations": names}
}
