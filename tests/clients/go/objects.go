package main

import (
	"bytes"
	"context"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var objects = family{
	"object.put": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		_, err := store.PutBytes(ctx, r.Name, bytes.Repeat([]byte("x"), r.Size))
		return nil, err
	}),
	"object.get": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		content, err := store.GetBytes(ctx, r.Name)
		return len(content), err
	}),
	"object.info": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		info, err := store.GetInfo(ctx, r.Name)
		if err != nil {
			return nil, err
		}
		return info.Size, nil
	}),
	"object.list":  withStore(objectList),
	"object.watch": withStore(objectWatch),
	"object.delete": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		return nil, store.Delete(ctx, r.Name)
	}),
	"object.update_meta": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		return nil, store.UpdateMeta(ctx, r.Name, jetstream.ObjectMeta{Name: r.Name, Description: r.Description})
	}),
	"object.link": withStore(func(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
		target, err := store.GetInfo(ctx, r.Target)
		if err != nil {
			return nil, err
		}
		_, err = store.AddLink(ctx, r.Name, target)
		return nil, err
	}),
	"object.status": withStore(func(ctx context.Context, store jetstream.ObjectStore, _ request) (any, error) {
		status, err := store.Status(ctx)
		if err != nil {
			return nil, err
		}
		return status.Size(), nil
	}),
	"object.seal": withStore(func(ctx context.Context, store jetstream.ObjectStore, _ request) (any, error) {
		return nil, store.Seal(ctx)
	}),
	"object.create_bucket": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		_, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: r.Bucket})
		return nil, err
	}),
	"object.delete_bucket": withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		return nil, js.DeleteObjectStore(ctx, r.Bucket)
	}),
	"object.list_buckets": withJetStream(objectListBuckets),
	"object.put_legacy": withLegacyStore(func(store nats.ObjectStore, r request) (any, error) {
		_, err := store.PutBytes(r.Name, bytes.Repeat([]byte("x"), r.Size))
		return nil, err
	}),
	"object.get_legacy": func(s *session, r request) (any, error) {
		ctx, cancel := s.context()
		defer cancel()
		return withLegacyStore(func(store nats.ObjectStore, r request) (any, error) {
			content, err := store.GetBytes(r.Name, nats.Context(ctx))
			return len(content), err
		})(s, r)
	},
}

func withStore(run func(context.Context, jetstream.ObjectStore, request) (any, error)) operation {
	return withJetStream(func(ctx context.Context, js jetstream.JetStream, r request) (any, error) {
		store, err := js.ObjectStore(ctx, r.Bucket)
		if err != nil {
			return nil, err
		}
		return run(ctx, store, r)
	})
}

func withLegacyStore(run func(nats.ObjectStore, request) (any, error)) operation {
	return withLegacy(func(js nats.JetStreamContext, r request) (any, error) {
		store, err := js.ObjectStore(r.Bucket)
		if err != nil {
			return nil, err
		}
		return run(store, r)
	})
}

func objectList(ctx context.Context, store jetstream.ObjectStore, _ request) (any, error) {
	list, err := store.List(ctx)
	names := []string{}
	for _, info := range list {
		names = append(names, info.Name)
	}
	return names, err
}

func objectWatch(ctx context.Context, store jetstream.ObjectStore, r request) (any, error) {
	watcher, err := store.Watch(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = watcher.Stop() }()
	return countUpdates(ctx, r.Count, watcher.Updates(), func(info *jetstream.ObjectInfo) bool { return info == nil })
}

func objectListBuckets(ctx context.Context, js jetstream.JetStream, _ request) (any, error) {
	names := js.ObjectStoreNames(ctx)
	found, err := collect(names.Name(), names.Error)
	if err != nil {
		return nil, err
	}
	stores := js.ObjectStores(ctx)
	if _, err := collect(stores.Status(), stores.Error); err != nil {
		return nil, err
	}
	return found, nil
}
