module directory

go 1.24

require portcullis v0.0.0

replace portcullis => ../../guest-sdk/go
