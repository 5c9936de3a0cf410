package main

import (
	"time"

	"github.com/nats-io/nats.go"
)

var consumeLegacy = family{
	"consume.pull_subscribe_legacy": func(s *session, r request) (any, error) {
		js, err := s.legacyJetStream()
		if err != nil {
			return nil, err
		}
		subscription, err := js.PullSubscribe(r.Subject, r.Consumer, bound(r)...)
		if err != nil {
			return nil, err
		}
		messages, failed := subscription.Fetch(r.count(), nats.MaxWait(s.timeout))
		payloads := []string{}
		for _, message := range messages {
			payloads = append(payloads, string(message.Data))
			if err := message.Ack(); err != nil {
				return nil, err
			}
		}
		if err := subscription.Unsubscribe(); err != nil {
			return nil, err
		}
		return enough(payloads, r.count(), failed)
	},
	"consume.push_subscribe_legacy": func(s *session, r request) (any, error) {
		return pushedLegacy(s, r, true, bound(r)...)
	},
	"consume.ordered_legacy": func(s *session, r request) (any, error) {
		return pushedLegacy(s, r, false, append(bound(r), nats.OrderedConsumer())...)
	},
}

// Without a stream, the library finds it by the subject. With `bind`, the consumer must exist and is not deleted.
func bound(r request) []nats.SubOpt {
	switch {
	case r.Bind:
		return []nats.SubOpt{nats.Bind(r.Stream, r.Consumer)}
	case r.Lookup || r.Stream == "":
		return nil
	}
	return []nats.SubOpt{nats.BindStream(r.Stream)}
}

func pushedLegacy(s *session, r request, acknowledge bool, options ...nats.SubOpt) (any, error) {
	js, err := s.legacyJetStream()
	if err != nil {
		return nil, err
	}
	subscription, err := js.SubscribeSync(r.Subject, options...)
	if err != nil {
		return nil, err
	}
	payloads := []string{}
	var failed error
	for end := time.Now().Add(s.timeout); len(payloads) < r.count() && failed == nil; {
		var message *nats.Msg
		if message, failed = subscription.NextMsg(time.Until(end)); failed == nil {
			payloads = append(payloads, string(message.Data))
			if acknowledge {
				failed = message.Ack()
			}
		}
	}
	if err := subscription.Unsubscribe(); err != nil {
		return nil, err
	}
	return enough(payloads, r.count(), failed)
}
