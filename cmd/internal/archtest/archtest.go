// Package archtest keeps the house rules: which part may know which, what may be
// depended on, and how the source is written. It holds tests only; they read
// the source and what the go command says about it, and change nothing.
package archtest
