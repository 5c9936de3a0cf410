package main

import (
	"github.com/nats-io/nats.go"
)

// The same with the older JetStreamContext.
var keyValueLegacy = family{
	"kv.get_legacy": withLegacyBucket(func(_ *session, kv nats.KeyValue, r request) (any, error) {
		entry, err := kv.Get(r.Key)
		if err != nil {
			return nil, err
		}
		return string(entry.Value()), nil
	}),
	"kv.put_legacy": withLegacyBucket(func(_ *session, kv nats.KeyValue, r request) (any, error) {
		return kv.Put(r.Key, []byte(r.Value))
	}),
	"kv.keys_legacy": withLegacyBucket(func(s *session, kv nats.KeyValue, _ request) (any, error) {
		ctx, cancel := s.context()
		defer cancel()
		return kv.Keys(nats.Context(ctx))
	}),
	"kv.history_legacy": withLegacyBucket(func(s *session, kv nats.KeyValue, r request) (any, error) {
		ctx, cancel := s.context()
		defer cancel()
		history, err := kv.History(r.Key, nats.Context(ctx))
		return len(history), err
	}),
	"kv.watch_legacy": withLegacyBucket(func(s *session, kv nats.KeyValue, r request) (any, error) {
		ctx, cancel := s.context()
		defer cancel()
		watcher, err := kv.Watch(r.Key)
		if err != nil {
			return nil, err
		}
		defer func() { _ = watcher.Stop() }()
		return countUpdates(ctx, r.Count, watcher.Updates(), func(entry nats.KeyValueEntry) bool { return entry == nil })
	}),
}

func withLegacyBucket(run func(*session, nats.KeyValue, request) (any, error)) operation {
	return func(s *session, r request) (any, error) {
		js, err := s.legacyJetStream()
		if err != nil {
			return nil, err
		}
		kv, err := js.KeyValue(r.Bucket)
		if err != nil {
			return nil, err
		}
		return run(s, kv, r)
	}
}
