# Who may connect, and what they may do. A client without a user name is left to the next policy.
package portcullis

decision := "pass" if not input.credentials.user

decision := {"deny": "unknown user or wrong password"} if {
	input.credentials.user
	not known
}

decision := {"allow": grant} if known

user := data.users[input.credentials.user]

# Hashes of this kind are for long random passwords only: a short one can be guessed from its hash.
known if crypto.sha256(input.credentials.password) == user.password_sha256

grant := {
	"account": user.account,
	"name": input.credentials.user,
	"can": user.can,
}
