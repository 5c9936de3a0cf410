package main

import "time"

// A line of the protocol. Each operation reads the fields that it needs.
type request struct {
	Op            string            `json:"op"`
	URL           string            `json:"url"`
	User          string            `json:"user"`
	Password      string            `json:"password"`
	Inbox         string            `json:"inbox"`
	APIPrefix     string            `json:"api_prefix"`
	Domain        string            `json:"domain"`
	TimeoutMS     int               `json:"timeout_ms"`
	Subject       string            `json:"subject"`
	Subjects      []string          `json:"subjects"`
	Queue         string            `json:"queue"`
	Payload       string            `json:"payload"`
	Headers       map[string]string `json:"headers"`
	Name          string            `json:"name"`
	Stream        string            `json:"stream"`
	Seq           uint64            `json:"seq"`
	Consumer      string            `json:"consumer"`
	Filter        string            `json:"filter"`
	Filters       []string          `json:"filters"`
	Group         string            `json:"group"`
	Policy        string            `json:"policy"`
	Deliver       string            `json:"deliver"`
	Direct        bool              `json:"direct"`
	Lookup        bool              `json:"lookup"`
	ThroughStream bool              `json:"through_stream"`
	Bind          bool              `json:"bind"`
	Count         int               `json:"count"`
	Bucket        string            `json:"bucket"`
	Key           string            `json:"key"`
	Keys          []string          `json:"keys"`
	Value         string            `json:"value"`
	Revision      uint64            `json:"revision"`
	TTLMS         int               `json:"ttl_ms"`
	History       uint8             `json:"history"`
	MarkerTTLMS   int               `json:"marker_ttl_ms"`
	Size          int               `json:"size"`
	Target        string            `json:"target"`
	Description   string            `json:"description"`
	PasswordFile  string            `json:"password_file"`
	AuthAbort     bool              `json:"auth_abort"`
	Wanted        string            `json:"wanted"`
}

func (r request) timeout() time.Duration {
	if r.TimeoutMS == 0 {
		return time.Second
	}
	return time.Duration(r.TimeoutMS) * time.Millisecond
}

// The number of messages to wait for, at least one.
func (r request) count() int {
	return max(r.Count, 1)
}
