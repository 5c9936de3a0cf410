package main

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The only connection of the driver.
type session struct {
	conn     *nats.Conn
	wire     *wire
	asked    request
	timeout  time.Duration
	pausable chan bool
	// An operation still uses the connection although its time is over.
	abandoned bool
}

func (s *session) connect(r request) error {
	s.close()
	s.asked, s.timeout, s.wire = r, r.timeout(), &wire{}
	options := []nats.Option{
		nats.UserInfo(r.User, r.Password),
		nats.Timeout(s.timeout),
		nats.NoReconnect(),
		nats.SetCustomDialer(tappedDialer{s.wire, s.timeout}),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}
	if r.PasswordFile != "" {
		options = r.lasting()
	}
	if r.Inbox != "" {
		options = append(options, nats.CustomInboxPrefix(r.Inbox))
	}
	conn, err := nats.Connect(r.URL, options...)
	if err != nil {
		return err
	}
	s.conn = conn
	return nil
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *session) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), s.timeout)
}

func (s *session) jetStream() (jetstream.JetStream, error) {
	limit := jetstream.WithDefaultTimeout(s.timeout)
	switch {
	case s.asked.APIPrefix != "":
		return jetstream.NewWithAPIPrefix(s.conn, s.asked.APIPrefix, limit)
	case s.asked.Domain != "":
		return jetstream.NewWithDomain(s.conn, s.asked.Domain, limit)
	}
	return jetstream.New(s.conn, limit)
}

func (s *session) legacyJetStream() (nats.JetStreamContext, error) {
	options := []nats.JSOpt{nats.MaxWait(s.timeout)}
	switch {
	case s.asked.APIPrefix != "":
		options = append(options, nats.APIPrefix(s.asked.APIPrefix))
	case s.asked.Domain != "":
		options = append(options, nats.Domain(s.asked.Domain))
	}
	return s.conn.JetStream(options...)
}

// Reports that the operation listens, and waits for `continue`.
func (s *session) awaitContinue() error {
	if err := s.conn.FlushTimeout(s.timeout); err != nil {
		return err
	}
	s.pausable <- true
	defer func() { s.pausable <- false }()
	write(map[string]bool{"ready": true})
	if !lines.Scan() {
		return errors.New("the input ended before `continue`")
	}
	return nil
}

func (s *session) forgetViolations() {
	if s.wire != nil {
		s.wire.takeViolations()
	}
}

// The server answers in order, so after its PONG there are no more violations of what was sent before.
func (s *session) settle() []string {
	if s.conn == nil {
		return []string{}
	}
	if err := s.conn.FlushTimeout(max(s.timeout, time.Second)); err != nil {
		s.wire.note("no answer to PING: " + err.Error())
	}
	violations := s.wire.takeViolations()
	if s.abandoned {
		s.abandoned = false
		if err := s.connect(s.asked); err != nil {
			violations = append(violations, "no new connection: "+err.Error())
		}
	}
	return violations
}

type tappedDialer struct {
	wire    *wire
	timeout time.Duration
}

func (d tappedDialer) Dial(network, address string) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, d.timeout)
	if err != nil {
		return nil, err
	}
	return tapped{conn, d.wire}, nil
}

type tapped struct {
	net.Conn
	wire *wire
}

func (t tapped) Read(into []byte) (int, error) {
	n, err := t.Conn.Read(into)
	t.wire.read(into[:n])
	return n, err
}
