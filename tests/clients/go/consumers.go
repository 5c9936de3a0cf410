package main

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

var consumers = family{
	"consumer.list": withStream(func(ctx context.Context, stream jetstream.Stream, _ request) (any, error) {
		list := stream.ListConsumers(ctx)
		found, err := collect(list.Info(), list.Err)
		names := []string{}
		for _, info := range found {
			names = append(names, info.Name)
		}
		return names, err
	}),
	"consumer.names": withStream(func(ctx context.Context, stream jetstream.Stream, _ request) (any, error) {
		names := stream.ConsumerNames(ctx)
		return collect(names.Name(), names.Err)
	}),
	"consumer.info": withConsumer(func(ctx context.Context, consumer jetstream.Consumer, _ request) (any, error) {
		info, err := consumer.Info(ctx)
		if err != nil {
			return nil, err
		}
		return info.Name, nil
	}),
	"consumer.create": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		_, err := js.CreateConsumer(ctx, r.Stream, consumerConfig(r))
		return nil, err
	}),
	"consumer.create_ephemeral": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		r.Consumer = ""
		consumer, err := js.CreateConsumer(ctx, r.Stream, consumerConfig(r))
		if err != nil {
			return nil, err
		}
		return consumer.CachedInfo().Name, nil
	}),
	"consumer.update": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		config := consumerConfig(r)
		config.Description = "updated"
		_, err := js.UpdateConsumer(ctx, r.Stream, config)
		return nil, err
	}),
	"consumer.delete": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		return nil, js.DeleteConsumer(ctx, r.Stream, r.Consumer)
	}),
	"consumer.pause": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		if _, err := js.PauseConsumer(ctx, r.Stream, r.Consumer, time.Now().Add(time.Minute)); err != nil {
			return nil, err
		}
		_, err := js.ResumeConsumer(ctx, r.Stream, r.Consumer)
		return nil, err
	}),
	"consumer.reset": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		_, err := js.ResetConsumer(ctx, r.Stream, r.Consumer)
		return nil, err
	}),
	"consumer.unpin": withStream(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		return nil, stream.UnpinConsumer(ctx, r.Consumer, r.Group)
	}),
}

// An existing consumer; with `through_stream` it is taken from a handle of its stream, as many programs do.
func withConsumer(run func(context.Context, jetstream.Consumer, request) (any, error)) operation {
	return withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		find := js.Consumer
		if r.ThroughStream {
			find = func(ctx context.Context, name, consumer string) (jetstream.Consumer, error) {
				stream, err := js.Stream(ctx, name)
				if err != nil {
					return nil, err
				}
				return stream.Consumer(ctx, consumer)
			}
		}
		consumer, err := find(ctx, r.Stream, r.Consumer)
		if err != nil {
			return nil, err
		}
		return run(ctx, consumer, r)
	})
}

func consumerConfig(r request) jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		Durable:        r.Consumer,
		FilterSubject:  r.Filter,
		FilterSubjects: r.Filters,
		AckPolicy:      jetstream.AckExplicitPolicy,
	}
	if r.Group == "" {
		return config
	}
	config.PriorityGroups = []string{r.Group}
	switch r.Policy {
	case "pinned":
		config.PriorityPolicy, config.PinnedTTL = jetstream.PriorityPolicyPinned, time.Minute
	case "prioritized":
		config.PriorityPolicy = jetstream.PriorityPolicyPrioritized
	default:
		config.PriorityPolicy = jetstream.PriorityPolicyOverflow
	}
	return config
}
