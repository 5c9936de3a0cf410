package portcullis

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSizesAreThoseOfTheContract(t *testing.T) {
	c := readContract(t)
	for name, size := range map[string]uint32{
		"string": sizeString, "tuple<string, list<u8>>": sizeFile, "tuple<string, string>": sizeAttribute,
		"certificate": sizeCertificate, "request": sizeRequest, "decision": sizeDecision, "configured": sizeConfigured,
	} {
		if reckoned, _ := c.layout(name); reckoned != size {
			t.Errorf("%s has %d bytes, not %d", name, reckoned, size)
		}
	}
}

func lift(t *testing.T, value fields) *Request {
	t.Helper()
	c, a := readContract(t), newArena(1<<20)
	at := a.alloc(sizeRequest, 8)
	c.store(a, at, "request", value)
	return a.liftRequest(at)
}

func texts(values ...string) list {
	var all list
	for _, value := range values {
		all = append(all, value)
	}
	return all
}

var fullCertificate = fields{
	"subject": "CN=äöü", "issuer": "CN=i", "serial": "0f", "dns-names": texts("*.a", "b"), "ip-addresses": texts("::1"),
	"emails": texts("e@x"), "uris": texts("spiffe://x/y"), "not-before": uint64(1), "not-after": uint64(math.MaxUint64),
	"fingerprint": "f1", "key-fingerprint": "f2", "pem": "-----BEGIN",
}

var fullRequest = fields{
	"received-at": uint64(math.MaxUint64 - 1),
	"server": fields{"id": "N1", "name": "n", "host": "0.0.0.0", "version": "2.15.2", "cluster": "c",
		"tags": texts("t1", "", "t3")},
	"client": fields{"id": uint64(1) << 40, "host": "10.0.0.1", "transport": chosen{name: "leafnode"}, "name": "",
		"lang": "go", "version": "1", "mqtt-client-id": "m"},
	"credentials": fields{"user": "u\x00\U0001f511", "password": strings.Repeat("p", 65536), "token": "t", "jwt": "j",
		"nkey": "UN"},
	"tls": fields{"version": "1.3", "cipher": "C", "verified": list{fullCertificate},
		"presented": list{fullCertificate, fullCertificate}},
	"sentinel":   fields{"user": "US", "account": "AS", "name": "s", "tags": texts("st")},
	"user-nkey":  "UK",
	"attributes": list{fields{"0": "region", "1": "eu"}, fields{"0": "", "1": ""}},
}

func TestEveryFieldOfARequestArrives(t *testing.T) {
	certificate := Certificate{"CN=äöü", "CN=i", "0f", []string{"*.a", "b"}, []string{"::1"}, []string{"e@x"},
		[]string{"spiffe://x/y"}, 1, math.MaxUint64, "f1", "f2", "-----BEGIN"}
	want := &Request{
		ReceivedAt: math.MaxUint64 - 1,
		Server:     Server{"N1", "n", "0.0.0.0", "2.15.2", Some("c"), []string{"t1", "", "t3"}},
		Client:     Client{1 << 40, "10.0.0.1", Some(Leafnode), Some(""), Some("go"), Some("1"), Some("m")},
		Credentials: Credentials{Some("u\x00\U0001f511"), Some(strings.Repeat("p", 65536)), Some("t"), Some("j"),
			Some("UN")},
		TLS:        &TLS{"1.3", "C", []Certificate{certificate}, []Certificate{certificate, certificate}},
		Sentinel:   &Sentinel{"US", "AS", Some("s"), []string{"st"}},
		UserNkey:   "UK",
		Attributes: []Attribute{{"region", "eu"}, {"", ""}},
	}
	if got := lift(t, fullRequest); !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
}

func TestWhatIsAbsentStaysAbsent(t *testing.T) {
	want := &Request{Server: Server{Name: "n"}, UserNkey: "UK"}
	got := lift(t, fields{
		"received-at": uint64(0),
		"server":      fields{"id": "", "name": "n", "host": "", "version": "", "tags": list{}},
		"client":      fields{"id": uint64(0), "host": ""},
		"credentials": fields{},
		"user-nkey":   "UK", "attributes": list{},
	})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %#v\nwant %#v", got, want)
	}
}

func TestSettingsArrive(t *testing.T) {
	c, a := readContract(t), newArena(1<<16)
	size, align := c.layout("settings")
	at := a.alloc(size, align)
	c.store(a, at, "settings", fields{"json": `{"a":1}`, "data": list{
		fields{"0": "a.bin", "1": list{uint8(0), uint8(255)}}, fields{"0": "empty", "1": list{}},
	}})
	got := a.liftSettings(a.u32(at), a.u32(at+4), a.u32(at+8), a.u32(at+12))
	want := NewSettings(`{"a":1}`, File{"a.bin", []byte{0, 255}}, File{"empty", []byte{}})
	if got.Raw() != want.Raw() || !reflect.DeepEqual(got.DataNames(), want.DataNames()) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
	if contents, err := got.Data("a.bin"); err != nil || string(contents) != "\x00\xff" {
		t.Errorf("got %q, %v", contents, err)
	}
	if contents, err := got.Data("empty"); err != nil || len(contents) != 0 {
		t.Errorf("got %q, %v", contents, err)
	}
}

func nothing() fields {
	rules := fields{"allow": list{}, "deny": list{}}
	return fields{"abilities": list{}, "publish": rules, "subscribe": rules, "responses": nil, "inbox": nil,
		"jetstream-api": nil}
}

func bare(access chosen) fields {
	return fields{"account": "APP", "access": access, "name": nil, "expires-in": nil, "transports": list{},
		"source-networks": list{}, "tags": list{}, "options": list{}}
}

func TestEveryDecisionArrives(t *testing.T) {
	full := bare(chosen{"only", fields{
		"abilities":     texts("publish a", "kv read b c"),
		"publish":       fields{"allow": texts("pa"), "deny": texts("pd", "")},
		"subscribe":     fields{"allow": texts("sa"), "deny": texts("sd")},
		"responses":     fields{"max-messages": uint32(7), "expires-in-ms": uint64(1001)},
		"inbox":         "_INBOX_é",
		"jetstream-api": "$JS.hub.API",
	}})
	full["name"], full["expires-in"] = "", uint32(3600)
	full["transports"] = list{chosen{name: "websocket"}, chosen{name: "mqtt"}}
	full["source-networks"], full["tags"] = texts("10.0.0.0/8"), texts("t", "u")
	full["options"] = list{fields{"0": "o", "1": "v=1"}}
	long := strings.Repeat("x", 10*chunkBytes)
	c := readContract(t)
	for _, test := range []struct {
		decision Decision
		want     chosen
	}{
		{Decision{}, chosen{"deny", ""}},
		{Deny("no"), chosen{"deny", "no"}},
		{Ignore(long), chosen{"ignore", long}},
		{Pass(), chosen{"pass", nil}},
		{Allow(nil), chosen{"deny", "allowed without a grant"}},
		{Allow(Account("APP")), chosen{"allow", bare(chosen{"only", nothing()})}},
		{Allow(AccountDefaults("APP")), chosen{"allow", bare(chosen{"account-defaults", nil})}},
		{Allow(Role("APP", "r")), chosen{"allow", bare(chosen{"role", "r"})}},
		{Allow(Account("APP").Can("publish a", "kv read b c").Publish("pa").DenyPublish("pd", "").Subscribe("sa").
			DenySubscribe("sd").AllowResponses(7, time.Second+time.Nanosecond).Inbox("_INBOX_é").
			JetStreamAPI("$JS.hub.API").Name("").ExpiresIn(time.Hour+time.Millisecond).Transports(WebSocket, MQTT).
			SourceNetworks("10.0.0.0/8").Tags("t", "u").Option("o", "v=1")), chosen{"allow", full}},
	} {
		a := newArena(1 << 20)
		if got := c.load(a.memory, a.lowerDecision(test.decision), "decision"); !reflect.DeepEqual(got, test.want) {
			t.Errorf("\n got %v\nwant %v", got, test.want)
		}
	}
}

func TestTheResultOfConfigureArrives(t *testing.T) {
	c, a := readContract(t), newArena(1<<16)
	for fault, want := range map[string]chosen{"": {"ok", nil}, "no good": {"error", "no good"}} {
		if got := c.load(a.memory, a.lowerConfigured(fault), "configured"); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestRoomThatIsGivenIsZeroedAlignedAndOnesOwn(t *testing.T) {
	a := newArena(1 << 16)
	end := uint32(0)
	for size := uint32(1); size < 100; size++ {
		for _, align := range []uint32{1, 2, 4, 8} {
			at := a.alloc(size, align)
			if at%align != 0 || at < end {
				t.Fatalf("%d bytes at %d, after %d, aligned to %d", size, at, end, align)
			}
			for i := range size {
				if a.u8(at+i) != 0 {
					t.Fatalf("room at %d is not zeroed", at)
				}
				a.putU8(at+i, 0xff)
			}
			end = at + size
		}
	}
}

func TestRoomThatGrowsKeepsItsContents(t *testing.T) {
	a := newArena(1 << 16)
	old := a.realloc(0, 0, 4, 8)
	a.putU64(old, 0x0102030405060708)
	if grown := a.realloc(old, 8, 4, 64); grown == old || a.u64(grown) != 0x0102030405060708 {
		t.Errorf("%x at %d", a.u64(grown), grown)
	}
	if shrunk := a.realloc(old, 8, 4, 4); a.u32(shrunk) != 0x05060708 {
		t.Errorf("%x", a.u32(shrunk))
	}
}

func TestAnArenaGivesWhatNoChunkHolds(t *testing.T) {
	var a arena
	small := a.alloc(chunkBytes-8, 8)
	for _, size := range []uint32{8, 64, chunkBytes, 10 * chunkBytes, 0} {
		if at := a.alloc(size, 8); at%8 != 0 || at == small {
			t.Errorf("%d bytes at %d", size, at)
		}
	}
	a.renew()
	if len(a.chunks) != 1 || len(a.free) != chunkBytes {
		t.Errorf("%d chunks with %d bytes", len(a.chunks), len(a.free))
	}
}
