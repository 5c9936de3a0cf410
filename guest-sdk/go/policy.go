// Package portcullis is for policies of Portcullis in Go.
//
// NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that knows one client and
// what it presented, and answers with a [Decision]. A policy is a main package that registers how it is configured:
//
//	package main
//
//	import "portcullis"
//
//	type guests struct{}
//
//	func (guests) Decide(request *portcullis.Request) portcullis.Decision {
//		if user, _ := request.User(); user != "guest" {
//			return portcullis.Deny("not a guest")
//		}
//		return portcullis.Allow(portcullis.Account("APP").Subscribe("news.>"))
//	}
//
//	func configure(*portcullis.Settings) (portcullis.Policy, error) { return guests{}, nil }
//
//	func init() { portcullis.Register(configure) }
//
//	func main() {}
//
// "portcullis build" compiles it with the ordinary go command, for GOOS=wasip1; main itself never runs.
//
// # The life of a policy
//
// The function given to [Register] reads [Settings] and data files once. The host keeps what the policy then has in
// memory, and starts every decision from that snapshot, in a sandbox of its own. Three things follow:
//
//   - Parse when configured, look up when deciding. A decision costs the more, the more pages of memory it touches.
//   - Nothing can be remembered from one decision to the next.
//   - What was drawn at random before the snapshot is the same in every decision, and the state of math/rand is. Use
//     crypto/rand for whatever must differ: it is fresh in each decision.
//
// # What there is not
//
// No files, no environment, no network. time.Now is the moment of the request, as [Request.ReceivedAt] is, and sleeping
// takes no time. Standard output and standard error go to the operator's log. A panic admits nobody, and its text goes
// there too. Goroutines work, but none survives its decision.
//
// # Tests
//
// A policy is plain Go: go test runs its tests on the author's machine, with requests and settings from the package
// portcullistest.
package portcullis

// Policy is the rule by which clients get in.
type Policy interface {
	// Decide decides on one client. It must not depend on earlier calls: each may be the first.
	Decide(*Request) Decision
}

// PolicyFunc is a function that is a policy by itself.
type PolicyFunc func(*Request) Decision

// Decide calls the function.
func (decide PolicyFunc) Decide(request *Request) Decision { return decide(request) }

// Configure makes a policy from its settings and data. An error refuses this version of the policy: the version before
// goes on deciding, and the operator reads the text, which says which file or setting, which entry, and how to mend it,
// and contains no secret.
type Configure func(*Settings) (Policy, error)

// Register says how the policy of this module is configured: once, in an init function.
func Register(configure Configure) {
	if configure == nil {
		panic("portcullis: Register needs a function")
	}
	if component.configure != nil {
		panic("portcullis: Register was called twice: a module has one policy")
	}
	component.configure = configure
}

// component is what the exports answer from.
var component slot

// slot keeps the policy between configure and decide, and so in the host's snapshot.
type slot struct {
	configure Configure
	policy    Policy
}

// prepare returns why the policy cannot be configured, and no text if it can.
func (s *slot) prepare(settings *Settings) (fault string) {
	if s.configure == nil {
		return "this module has no policy: call portcullis.Register in an init function"
	}
	if s.policy != nil {
		return "configure was called twice"
	}
	policy, err := s.configure(settings)
	if err != nil {
		if text := err.Error(); text != "" {
			return text
		}
		return "the policy refuses its settings and says no more"
	}
	if policy == nil {
		return "the function given to portcullis.Register returned neither a policy nor an error"
	}
	s.policy = policy
	return ""
}

func (s *slot) decide(request *Request) Decision {
	if s.policy == nil {
		return Ignore("decide was called before configure")
	}
	return s.policy.Decide(request)
}
