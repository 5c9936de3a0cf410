package main

import (
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

var core = family{
	"core.publish": func(s *session, r request) (any, error) {
		return nil, s.conn.Publish(r.Subject, []byte(r.Payload))
	},
	"core.subscribe": coreSubscribe,
	"core.request": func(s *session, r request) (any, error) {
		return requestText(s, r.Subject, r.Payload)
	},
	"core.reply": coreReply,
}

// Raw messages, for operations that no library offers.
var probes = family{
	"trace.raw": func(s *session, r request) (any, error) {
		return requestText(s, r.Subject, r.Payload)
	},
	"trace.raw_publish": func(s *session, r request) (any, error) {
		message := nats.NewMsg(r.Subject)
		message.Data = []byte(r.Payload)
		for name, value := range r.Headers {
			message.Header.Set(name, value)
		}
		return nil, s.conn.PublishMsg(message)
	},
}

func requestText(s *session, subject, payload string) (any, error) {
	reply, err := s.conn.Request(subject, []byte(payload), s.timeout)
	if err != nil {
		return nil, err
	}
	return string(reply.Data), nil
}

func coreSubscribe(s *session, r request) (any, error) {
	subscription, err := s.subscribe(r, func(*nats.Msg) {})
	if err != nil {
		return nil, err
	}
	if err := s.conn.FlushTimeout(s.timeout); err != nil {
		return nil, err
	}
	return nil, subscription.Unsubscribe()
}

func coreReply(s *session, r request) (any, error) {
	var answered atomic.Int64
	subscription, err := s.subscribe(r, func(m *nats.Msg) {
		if m.Respond([]byte("pong")) == nil {
			answered.Add(1)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := s.awaitContinue(); err != nil {
		return nil, err
	}
	if err := subscription.Unsubscribe(); err != nil {
		return nil, err
	}
	return answered.Load(), nil
}

func (s *session) subscribe(r request, handler nats.MsgHandler) (*nats.Subscription, error) {
	if r.Queue != "" {
		return s.conn.QueueSubscribe(r.Subject, r.Queue, handler)
	}
	return s.conn.Subscribe(r.Subject, handler)
}
