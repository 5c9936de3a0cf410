package main

import (
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

var services = family{"service.offer": serviceOffer, "service.find": serviceFind}

func serviceOffer(s *session, r request) (any, error) {
	service, err := micro.AddService(s.conn, micro.Config{
		Name:    r.Name,
		Version: "1.0.0",
		Endpoint: &micro.EndpointConfig{
			Subject: r.Subject,
			Handler: micro.HandlerFunc(func(asked micro.Request) { _ = asked.Respond([]byte("pong")) }),
		},
	})
	if err != nil {
		return nil, err
	}
	waited := s.awaitContinue()
	answered := 0
	for _, endpoint := range service.Stats().Endpoints {
		answered += endpoint.NumRequests
	}
	if err := service.Stop(); err != nil {
		return nil, err
	}
	return answered, waited
}

// nats.go has no discovery client; its documentation uses the control subjects.
func serviceFind(s *session, r request) (any, error) {
	found := map[string]int{}
	for _, verb := range []micro.Verb{micro.PingVerb, micro.InfoVerb, micro.StatsVerb} {
		subject, err := micro.ControlSubject(verb, r.Name, "")
		if err != nil {
			return nil, err
		}
		replies, err := gather(s.conn, subject)
		if err != nil {
			return nil, err
		}
		if replies == 0 {
			return nil, fmt.Errorf("no service answers on %s", subject)
		}
		found[verb.String()] = replies
	}
	return found, nil
}

// Counts the replies within 150 ms.
func gather(conn *nats.Conn, subject string) (int, error) {
	inbox := conn.NewRespInbox()
	replies, err := conn.SubscribeSync(inbox)
	if err != nil {
		return 0, err
	}
	defer func() { _ = replies.Unsubscribe() }()
	if err := conn.PublishRequest(subject, inbox, nil); err != nil {
		return 0, err
	}
	count := 0
	for end := time.Now().Add(150 * time.Millisecond); ; {
		message, err := replies.NextMsg(time.Until(end))
		if err != nil {
			return count, nil
		}
		if message.Header.Get("Status") == "" {
			count++
		}
	}
}
