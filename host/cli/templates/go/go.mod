module policy-name

go 1.24

require portcullis v0.0.0

replace portcullis => ./portcullis
