package catalogue

// Match is what tests give to a bare query.
var Match = match
