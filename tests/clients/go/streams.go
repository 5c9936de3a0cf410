package main

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var streams = family{
	"stream.publish":       withJetStream(streamPublish),
	"stream.publish_async": withJetStream(streamPublishAsync),
	"stream.publish_legacy": withLegacy(func(js nats.JetStreamContext, r request) (any, error) {
		ack, err := js.Publish(r.Subject, []byte(r.Payload))
		if err != nil {
			return nil, err
		}
		return ack.Sequence, nil
	}),
	"account.info": withJetStream(func(ctx context.Context, js jetstream.JetStream, _ request) (any, error) {
		info, err := js.AccountInfo(ctx)
		if err != nil {
			return nil, err
		}
		return map[string]any{"streams": info.Streams, "domain": info.Domain}, nil
	}),
	"stream.names": withJetStream(func(ctx context.Context, js jetstream.JetStream, _ request) (any, error) {
		names := js.StreamNames(ctx)
		return collect(names.Name(), names.Err)
	}),
	"stream.list": withJetStream(func(ctx context.Context, js jetstream.JetStream, _ request) (any, error) {
		list := js.ListStreams(ctx)
		found, err := collect(list.Info(), list.Err)
		return streamNames(found), err
	}),
	"stream.by_subject": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		return js.StreamNameBySubject(ctx, r.Subject)
	}),
	"stream.create": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		_, err := js.CreateStream(ctx, streamConfig(r))
		return nil, err
	}),
	"stream.update": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		config := streamConfig(r)
		config.Description = "updated"
		_, err := js.UpdateStream(ctx, config)
		return nil, err
	}),
	"stream.delete": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		return nil, js.DeleteStream(ctx, r.Stream)
	}),
	"stream.info": withStream(func(ctx context.Context, stream jetstream.Stream, _ request) (any, error) {
		info, err := stream.Info(ctx)
		if err != nil {
			return nil, err
		}
		return info.State.Msgs, nil
	}),
	"stream.purge": withStream(func(ctx context.Context, stream jetstream.Stream, _ request) (any, error) {
		return nil, stream.Purge(ctx)
	}),
	"stream.purge_subject": withStream(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		return nil, stream.Purge(ctx, jetstream.WithPurgeSubject(r.Subject))
	}),
	"stream.delete_message": withStream(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		return nil, stream.DeleteMsg(ctx, r.Seq)
	}),
	"stream.get": withStream(streamGet),
	"stream.get_last": withStream(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		return messageText(stream.GetLastMsgForSubject(ctx, r.Subject))
	}),
	"direct.get": withDirect(streamGet),
	"direct.get_last": withDirect(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		return messageText(stream.GetLastMsgForSubject(ctx, r.Subject))
	}),
	"direct.get_legacy": withLegacy(func(js nats.JetStreamContext, r request) (any, error) {
		return legacyText(js.GetMsg(r.Stream, r.Seq, nats.DirectGet()))
	}),
	"direct.get_last_legacy": withLegacy(func(js nats.JetStreamContext, r request) (any, error) {
		return legacyText(js.GetLastMsg(r.Stream, r.Subject, nats.DirectGet()))
	}),
	"stream.get_legacy": withLegacy(func(js nats.JetStreamContext, r request) (any, error) {
		return legacyText(js.GetMsg(r.Stream, r.Seq))
	}),
}

func withJetStream(run func(context.Context, jetstream.JetStream, request) (any, error)) operation {
	return func(s *session, r request) (any, error) {
		js, err := s.jetStream()
		if err != nil {
			return nil, err
		}
		ctx, cancel := s.context()
		defer cancel()
		return run(ctx, js, r)
	}
}

func withLegacy(run func(nats.JetStreamContext, request) (any, error)) operation {
	return func(s *session, r request) (any, error) {
		js, err := s.legacyJetStream()
		if err != nil {
			return nil, err
		}
		return run(js, r)
	}
}

func withStream(run func(context.Context, jetstream.Stream, request) (any, error)) operation {
	return withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		stream, err := js.Stream(ctx, r.Stream)
		if err != nil {
			return nil, err
		}
		return run(ctx, stream, r)
	})
}

// The library uses direct get only if the stream allows it.
func withDirect(run func(context.Context, jetstream.Stream, request) (any, error)) operation {
	return withStream(func(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
		if !stream.CachedInfo().Config.AllowDirect {
			return nil, errors.New("the stream does not allow direct get")
		}
		return run(ctx, stream, r)
	})
}

func streamConfig(r request) jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: r.Stream, Subjects: r.Subjects, AllowDirect: r.Direct}
}

func streamPublish(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
	ack, err := js.Publish(ctx, r.Subject, []byte(r.Payload))
	if err != nil {
		return nil, err
	}
	return ack.Sequence, nil
}

func streamPublishAsync(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
	defer js.CleanupPublisher()
	published, err := js.PublishAsync(r.Subject, []byte(r.Payload))
	if err != nil {
		return nil, err
	}
	select {
	case ack := <-published.Ok():
		return ack.Sequence, nil
	case err := <-published.Err():
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func streamGet(ctx context.Context, stream jetstream.Stream, r request) (any, error) {
	return messageText(stream.GetMsg(ctx, r.Seq))
}

func messageText(message *jetstream.RawStreamMsg, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return string(message.Data), nil
}

func legacyText(message *nats.RawStreamMsg, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return string(message.Data), nil
}

func streamNames(found []*jetstream.StreamInfo) []string {
	names := []string{}
	for _, info := range found {
		names = append(names, info.Config.Name)
	}
	return names
}

// Reads a lister of the library to its end.
func collect[T any](items <-chan T, failed func() error) ([]T, error) {
	all := []T{}
	for item := range items {
		all = append(all, item)
	}
	return all, failed()
}
