# Who may connect, and what they may do.
package portcullis

# A client without a user name is left to the next policy of the chain.
decision := "pass" if not input.credentials.user

decision := {"deny": "unknown user or wrong password"} if {
	input.credentials.user
	not known
}

decision := {"deny": "not from this network"} if {
	known
	not from_its_network
}

decision := {"allow": grant} if {
	known
	from_its_network
}

user := data.users[input.credentials.user]

known if crypto.sha256(input.credentials.password) == user.password_sha256

tenant := data.tenants[user.tenant]

from_its_network if {
	some network in tenant.networks
	net.cidr_contains(network, input.client.host)
}

grant := {
	"account": tenant.account,
	"name": input.credentials.user,
	"can": abilities,
	"inbox": inbox,
	"expires_in": data.lifetimes[user.tenant],
	"tags": {concat(":", ["role", role]) | some role in user.roles},
}

inbox := concat("", ["_INBOX_", input.credentials.user])

# A role is a list of sentences; %TENANT% stands for the tenant's name.
abilities contains replace(sentence, "%TENANT%", user.tenant) if {
	some role in user.roles
	some sentence in data.roles[role]
}
