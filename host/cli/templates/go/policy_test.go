package main

import (
	"testing"

	"portcullis"
	"portcullis/portcullistest"
)

func decide(t *testing.T, request *portcullistest.RequestBuilder) portcullis.Decision {
	t.Helper()
	policy, err := configure(portcullistest.Settings().Build())
	if err != nil {
		t.Fatal(err)
	}
	return policy.Decide(request.Build())
}

func TestAGuestMayListenToTheNews(t *testing.T) {
	decision := decide(t, portcullistest.Request().User("guest"))
	portcullistest.Expect(t, decision, portcullis.Allow(portcullis.Account("APP").Subscribe("news.>")))
	if err := portcullistest.Check(decision); err != nil {
		t.Error(err)
	}
}

func TestSomebodyElseIsDenied(t *testing.T) {
	portcullistest.Expect(t, decide(t, portcullistest.Request().User("mallory")), portcullis.Deny("not a guest"))
}

func TestAClientWithoutAUserNameIsLeftToTheNextPolicy(t *testing.T) {
	portcullistest.Expect(t, decide(t, portcullistest.Request()), portcullis.Pass())
}
