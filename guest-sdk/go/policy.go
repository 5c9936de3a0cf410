// Package portcullis is the Go SDK for Portcullis policies.
//
// NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that gets one client and
// what it presented, and answers with a [Decision]. A policy is a main package that registers its configure function:
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
// The function passed to [Register] reads [Settings] and data files once. The host keeps the memory of the policy as a
// snapshot, and starts every decision from it, in a sandbox of its own. Therefore:
//
//   - Parse when configured, look up when deciding. The more pages of memory a decision touches, the more it costs.
//   - A policy cannot remember anything from one decision to the next.
//   - Random numbers drawn before the snapshot are the same in every decision, and so is the state of math/rand. Use
//     crypto/rand for what has to differ: it gives new numbers in each decision.
//
// # What is not available
//
// No files, no environment, no network. time.Now returns the time of the request, as does [Request.ReceivedAt], and
// sleeping takes no time. Standard output and standard error go to the operator's log. A panic admits no client, and
// its text goes there too. Goroutines work, but end with their decision.
//
// # Tests
//
// A policy is plain Go: go test runs its tests natively, with requests and settings from the package portcullistest.
package portcullis

// Policy decides which clients are admitted.
type Policy interface {
	// Decide decides about one client. It must not depend on earlier calls: each may be the first.
	Decide(*Request) Decision
}

// PolicyFunc is a function that is a policy.
type PolicyFunc func(*Request) Decision

// Decide calls the function.
func (decide PolicyFunc) Decide(request *Request) Decision { return decide(request) }

// Configure makes a policy from its settings and data. An error refuses this version of the policy: the previous
// version keeps deciding, and the operator reads the text. It should say which file or setting and which entry is wrong
// and how to fix it, and contain no secret.
type Configure func(*Settings) (Policy, error)

// Register sets the configure function of this module's policy. Call it once, in an init function.
func Register(configure Configure) {
	if configure == nil {
		panic("portcullis: Register needs a function")
	}
	if component.configure != nil {
		panic("portcullis: Register was called twice: a module has one policy")
	}
	component.configure = configure
}

// component holds the policy that the exports use.
var component slot

// slot keeps the policy between configure and decide, and so in the host's snapshot.
type slot struct {
	configure Configure
	policy    Policy
}

// prepare returns why the policy cannot be configured, or an empty text if it can.
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
		return "the policy refused its settings without a reason"
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
