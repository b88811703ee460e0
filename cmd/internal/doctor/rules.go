package doctor

import (
	"errors"
	"strings"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/shoprules"
)

// shopRules looks at the files by which goods come back: with one that is wrong no core starts.
func (e *Examination) shopRules() {
	dir := e.Config.Returns.RulesDir
	if dir == "" {
		return
	}
	all, err := shoprules.Load(dir)
	var wrong config.Problems
	switch {
	case errors.As(err, &wrong):
		first, _, more := strings.Cut(err.Error(), "\n")
		if more {
			first += " (and more)"
		}
		e.trouble(
			"Mend the file; cubbyctl policy check FILE tells every mistake. The core does not start before.",
			"The rules of returns are wrong: %s.",
			first,
		)
	case err != nil:
		e.trouble(
			"Make the folder, or name another one as rules_dir under [returns]. The core does not start before.",
			"The rules of returns cannot be read: %v.",
			err,
		)
	case len(all) == 0:
		e.hint("Put a file SHOP.toml there for each shop that has rules of its own.",
			"There is no file of rules in %s: all shops have the usual rules.", dir)
	default:
		e.fine("The rules of returns of %d shops are sound.", len(all))
	}
}
