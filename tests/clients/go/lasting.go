package main

import (
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

// What a client sets that has to come back by itself: a credential that is read for each connect, reconnects without a
// limit, and none of them is the last.
func (r request) lasting() []nats.Option {
	options := []nats.Option{
		nats.UserInfoHandler(func() (string, string) {
			password, _ := os.ReadFile(r.PasswordFile)
			return r.User, string(password)
		}),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}
	if !r.AuthAbort {
		options = append(options, nats.IgnoreAuthErrorAbort())
	}
	return options
}

// The state of the connection, once it is the one that is wanted or the time for it is over.
func (s *session) stateWhen(wanted string) string {
	deadline := time.Now().Add(20 * time.Second)
	for s.state() != wanted && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	return s.state()
}

func (s *session) state() string {
	switch {
	case s.conn == nil || s.conn.IsClosed():
		return "closed"
	case s.conn.IsConnected():
		return "connected"
	}
	return "reconnecting"
}
