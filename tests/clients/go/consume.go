package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

var consume = family{
	"consume.fetch": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, r request) (any, error) {
		batch, err := consumer.Fetch(r.count(), jetstream.FetchContext(ctx))
		return acknowledged(batch, err, r.count())
	}),
	"consume.fetch_bytes": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, _ request) (any, error) {
		batch, err := consumer.FetchBytes(64<<10, jetstream.FetchContext(ctx))
		return acknowledged(batch, err, 1)
	}),
	"consume.fetch_no_wait": withConsumer(func(_ context.Context, consumer jetstream.Consumer, r request) (any, error) {
		batch, err := consumer.FetchNoWait(r.count())
		return acknowledged(batch, err, 1)
	}),
	"consume.next": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, _ request) (any, error) {
		message, err := consumer.Next(jetstream.FetchContext(ctx))
		if err != nil {
			return nil, err
		}
		return string(message.Data()), message.Ack()
	}),
	"consume.messages": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, r request) (any, error) {
		return iterate(ctx, consumer, r.count(), true)
	}),
	"consume.callback":     withConsumer(consumeCallback),
	"consume.ack_variants": withConsumer(consumeAckVariants),
	"consume.priority": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, r request) (any, error) {
		batch, err := consumer.Fetch(1, jetstream.FetchContext(ctx), jetstream.FetchPriorityGroup(r.Group))
		return acknowledged(batch, err, 1)
	}),
	"consume.ordered":        withJetStream(consumeOrdered),
	"consume.push_ephemeral": pushed(func(r *request) { r.Consumer = "" }),
	"consume.push_durable":   pushed(func(*request) {}),
}

// Acknowledges what was fetched. Fewer messages than wanted is an error, because a refusal shows in no other way.
func acknowledged(batch jetstream.MessageBatch, err error, wanted int) (any, error) {
	if err != nil {
		return nil, err
	}
	payloads := []string{}
	for message := range batch.Messages() {
		payloads = append(payloads, string(message.Data()))
		if err := message.Ack(); err != nil {
			return nil, err
		}
	}
	return enough(payloads, wanted, batch.Error())
}

func enough(payloads []string, wanted int, err error) (any, error) {
	if len(payloads) >= wanted {
		return payloads, nil
	}
	return nil, errors.Join(fmt.Errorf("%d of %d messages came", len(payloads), wanted), err)
}

func iterate(ctx context.Context, consumer jetstream.Consumer, wanted int, acknowledge bool) (any, error) {
	messages, err := consumer.Messages()
	if err != nil {
		return nil, err
	}
	defer messages.Stop()
	payloads := []string{}
	for len(payloads) < wanted {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return enough(payloads, wanted, err)
		}
		payloads = append(payloads, string(message.Data()))
		if acknowledge {
			if err := message.Ack(); err != nil {
				return nil, err
			}
		}
	}
	return payloads, nil
}

func consumeCallback(ctx context.Context, consumer jetstream.Consumer, r request) (any, error) {
	arrived := make(chan jetstream.Msg, r.count())
	running, err := consumer.Consume(offer(arrived))
	if err != nil {
		return nil, err
	}
	defer running.Stop()
	return take(ctx, arrived, r.count())
}

func consumeAckVariants(ctx context.Context, consumer jetstream.Consumer, _ request) (any, error) {
	batch, err := consumer.Fetch(5, jetstream.FetchContext(ctx))
	if err != nil {
		return nil, err
	}
	settle := []func(jetstream.Msg) error{
		jetstream.Msg.Ack,
		func(m jetstream.Msg) error { return m.DoubleAck(ctx) },
		func(m jetstream.Msg) error { return errors.Join(m.InProgress(), m.Ack()) },
		jetstream.Msg.Nak,
		jetstream.Msg.Term,
	}
	settled := 0
	for message := range batch.Messages() {
		if err := settle[settled](message); err != nil {
			return nil, err
		}
		settled++
	}
	if settled < len(settle) {
		return nil, errors.Join(fmt.Errorf("%d of 5 messages came", settled), batch.Error())
	}
	return settled, nil
}

func consumeOrdered(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
	filters := r.Filters
	if r.Filter != "" {
		filters = []string{r.Filter}
	}
	consumer, err := js.OrderedConsumer(ctx, r.Stream, jetstream.OrderedConsumerConfig{FilterSubjects: filters})
	if err != nil {
		return nil, err
	}
	return iterate(ctx, consumer, r.count(), false)
}

// Messages go to an inbox of this connection, unless the request names another subject.
func pushed(adjust func(*request)) operation {
	return func(s *session, r request) (any, error) {
		adjust(&r)
		js, err := s.jetStream()
		if err != nil {
			return nil, err
		}
		ctx, cancel := s.context()
		defer cancel()
		config := consumerConfig(r)
		config.DeliverSubject = r.Deliver
		if config.DeliverSubject == "" {
			config.DeliverSubject = s.conn.NewInbox()
		}
		consumer, err := js.CreateOrUpdatePushConsumer(ctx, r.Stream, config)
		if err != nil {
			return nil, err
		}
		arrived := make(chan jetstream.Msg, r.count())
		running, err := consumer.Consume(offer(arrived))
		if err != nil {
			return nil, err
		}
		defer running.Stop()
		return take(ctx, arrived, r.count())
	}
}

// If the channel is full, the message is not needed any more.
func offer(arrived chan<- jetstream.Msg) jetstream.MessageHandler {
	return func(message jetstream.Msg) {
		select {
		case arrived <- message:
		default:
		}
	}
}

func take(ctx context.Context, arrived <-chan jetstream.Msg, wanted int) (any, error) {
	payloads := []string{}
	for len(payloads) < wanted {
		select {
		case message := <-arrived:
			payloads = append(payloads, string(message.Data()))
			if err := message.Ack(); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return enough(payloads, wanted, ctx.Err())
		}
	}
	return payloads, nil
}
