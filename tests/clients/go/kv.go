package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

var keyValue = family{
	"kv.open": withBucket(func(context.Context, jetstream.KeyValue, request) (any, error) {
		return nil, nil
	}),
	"kv.get": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return entryText(kv.Get(ctx, r.Key))
	}),
	"kv.get_revision": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return entryText(kv.GetRevision(ctx, r.Key, r.Revision))
	}),
	"kv.put": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return kv.Put(ctx, r.Key, []byte(r.Value))
	}),
	"kv.create": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return kv.Create(ctx, r.Key, []byte(r.Value))
	}),
	"kv.create_ttl": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return kv.Create(ctx, r.Key, []byte(r.Value), jetstream.KeyTTL(time.Duration(r.TTLMS)*time.Millisecond))
	}),
	"kv.update": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return kv.Update(ctx, r.Key, []byte(r.Value), r.Revision)
	}),
	"kv.delete": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return nil, kv.Delete(ctx, r.Key)
	}),
	"kv.delete_revision": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return nil, kv.Delete(ctx, r.Key, jetstream.LastRevision(r.Revision))
	}),
	"kv.purge": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return nil, kv.Purge(ctx, r.Key)
	}),
	"kv.keys": withBucket(kvKeys),
	"kv.history": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		history, err := kv.History(ctx, r.Key)
		return len(history), err
	}),
	"kv.watch": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return watched(ctx, r.Count)(kv.Watch(ctx, r.Key))
	}),
	"kv.watch_large": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return watched(ctx, r.Count)(kv.Watch(ctx, r.Key))
	}),
	"kv.watch_many": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return watched(ctx, r.Count)(kv.WatchFiltered(ctx, r.Keys))
	}),
	"kv.watch_all": withBucket(func(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
		return watched(ctx, r.Count)(kv.WatchAll(ctx))
	}),
	"kv.status": withBucket(func(ctx context.Context, kv jetstream.KeyValue, _ request) (any, error) {
		status, err := kv.Status(ctx)
		if err != nil {
			return nil, err
		}
		return status.Values(), nil
	}),
	"kv.purge_deletes": withBucket(func(ctx context.Context, kv jetstream.KeyValue, _ request) (any, error) {
		return nil, kv.PurgeDeletes(ctx, jetstream.DeleteMarkersOlderThan(-1))
	}),
	"kv.create_bucket": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		_, err := js.CreateKeyValue(ctx, bucketConfig(r))
		return nil, err
	}),
	"kv.update_bucket": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		config := bucketConfig(r)
		config.Description = "updated"
		_, err := js.UpdateKeyValue(ctx, config)
		return nil, err
	}),
	"kv.delete_bucket": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		return nil, js.DeleteKeyValue(ctx, r.Bucket)
	}),
	"kv.list_buckets": withJetStream(kvListBuckets),
}

func withBucket(run func(context.Context, jetstream.KeyValue, request) (any, error)) operation {
	return withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		kv, err := js.KeyValue(ctx, r.Bucket)
		if err != nil {
			return nil, err
		}
		return run(ctx, kv, r)
	})
}

func bucketConfig(r request) jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket:         r.Bucket,
		History:        r.History,
		LimitMarkerTTL: time.Duration(r.MarkerTTLMS) * time.Millisecond,
	}
}

func entryText(entry jetstream.KeyValueEntry, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return string(entry.Value()), nil
}

func kvKeys(ctx context.Context, kv jetstream.KeyValue, r request) (any, error) {
	if r.Filter == "" {
		return kv.Keys(ctx)
	}
	list, err := kv.ListKeysFiltered(ctx, r.Filter)
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for key := range list.Keys() {
		keys = append(keys, key)
	}
	return keys, nil
}

// Counts the values until the wanted number; if that is zero, until the library says that all have arrived.
func watched(ctx context.Context, wanted int) func(jetstream.KeyWatcher, error) (any, error) {
	return func(watcher jetstream.KeyWatcher, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		defer func() { _ = watcher.Stop() }()
		return countUpdates(ctx, wanted, watcher.Updates(), func(entry jetstream.KeyValueEntry) bool { return entry == nil })
	}
}

func countUpdates[T any](ctx context.Context, wanted int, updates <-chan T, isEnd func(T) bool) (any, error) {
	seen, all := 0, false
	for seen < wanted || (wanted == 0 && !all) {
		select {
		case update, open := <-updates:
			if !open {
				return nil, fmt.Errorf("the watch ended after %d values", seen)
			}
			if isEnd(update) {
				all = true
			} else {
				seen++
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("%d of %d values came", seen, wanted)
		}
	}
	return seen, nil
}

func kvListBuckets(ctx context.Context, js jetstream.JetStream, _ request) (any, error) {
	names := js.KeyValueStoreNames(ctx)
	found, err := collect(names.Name(), names.Error)
	if err != nil {
		return nil, err
	}
	stores := js.KeyValueStores(ctx)
	if _, err := collect(stores.Status(), stores.Error); err != nil {
		return nil, err
	}
	return found, nil
}
