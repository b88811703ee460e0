// Package flags reads the command line of programs that take flags only.
package flags

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// Parse reads the command line of this process. It ends the process after
// showing what was asked for, and when something is not understood.
func Parse(f *flag.FlagSet, program, what string) {
	f.Init(program, flag.ContinueOnError)
	switch err := Read(f, program, what, os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %v; %s --help shows what there is\n", program, err, program)
		os.Exit(2)
	}
}

// Read reads arguments. Help that was asked for is written to out and told as
// flag.ErrHelp; a word too many is refused, since nobody would do what it says.
func Read(f *flag.FlagSet, program, what string, args []string, out io.Writer) error {
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	err := f.Parse(args)
	asked := err == nil && f.NArg() > 0 && slices.Contains([]string{"help", "-h", "-help", "--help"}, f.Arg(0))
	if asked || errors.Is(err, flag.ErrHelp) {
		f.SetOutput(out)
		fmt.Fprintf(out, "usage: %s [FLAGS]\n%s\n\n", program, what)
		f.PrintDefaults()
		return flag.ErrHelp
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("%q is not understood", f.Arg(0))
	}
	return err
}

// Anywhere reads flags that may stand before, between and behind the other words, and gives
// those. What follows "--" is no flag.
func Anywhere(f *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		rest := f.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}
