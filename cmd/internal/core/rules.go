package core

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/shoprules"
	"cubby/locker/centre"
	returnpolicy "cubby/locker/returns/policy"
	"cubby/locker/visit"
)

// shopRules are the rules of returns by shop: those of the files, and in their place those
// that the centre has told.
type shopRules struct {
	cfg   *config.Config
	files shoprules.Shops
	log   *slog.Logger
	read  map[string]readRules // the centre's, by shop: each text is read once
	from  atomic.Pointer[map[string]returnpolicy.Source]
}

type readRules struct {
	toml  string
	rules returnpolicy.Rules
	err   error
}

func loadRules(cfg *config.Config, log *slog.Logger) (*shopRules, error) {
	files, err := shoprules.Load(cfg.Returns.RulesDir)
	return &shopRules{cfg: cfg, files: files, log: log}, err
}

// readShop reads a text of rules as the file of a shop.
func readShop(shop, toml string) (returnpolicy.Rules, error) {
	if !shoprules.ValidShop(shop) {
		return returnpolicy.Rules{}, fmt.Errorf("%q is no name of a shop", shop)
	}
	r, _, err := shoprules.Parse(shop+".toml", toml)
	return r, err
}

// Check reads a text as the file of a shop, and says what is wrong with it.
func (*shopRules) Check(shop, toml string) error {
	_, err := readShop(shop, toml)
	return err
}

// exchange is the policy with the rules that the centre has told. A text that this version
// cannot read any more leaves the shop its file.
func (s *shopRules) exchange(told []centre.Policy) visit.Policy {
	all, read, from := shoprules.Shops{}, map[string]readRules{}, map[string]returnpolicy.Source{}
	for shop, rules := range s.files {
		all[shop], from[shop] = rules, returnpolicy.Source{Shop: shop, From: returnpolicy.FromFile}
	}
	for _, p := range told {
		one, known := s.read[p.Shop]
		if !known || one.toml != p.TOML {
			one.toml = p.TOML
			one.rules, one.err = readShop(p.Shop, p.TOML)
		}
		read[p.Shop] = one
		if one.err != nil {
			s.log.Error("the centre's rules of a shop cannot be read by this version; its file counts",
				"shop", p.Shop, "rev", p.Rev, "error", one.err)
			continue
		}
		since := p.Since.UTC()
		all[p.Shop] = one.rules
		from[p.Shop] = returnpolicy.Source{Shop: p.Shop, From: returnpolicy.FromCentre, Rev: p.Rev, Since: &since}
	}
	s.read = read
	s.from.Store(&from)
	return policy(s.cfg, all)
}

// Policies says where the rules of each shop are from.
func (s *shopRules) Policies(context.Context) ([]returnpolicy.Source, error) {
	return slices.SortedFunc(maps.Values(*s.from.Load()), func(a, b returnpolicy.Source) int {
		return cmp.Compare(a.Shop, b.Shop)
	}), nil
}
