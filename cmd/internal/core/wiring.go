package core

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/commission"
	"cubby/locker/ledger"
	"cubby/locker/wall"
)

// Wiring is what the configuration says before commissioning; occupied are the
// doors behind which parcels lie.
func Wiring(cfg *config.Config, occupied []string) commission.Known {
	k := commission.Known{Occupied: occupied}
	for _, b := range cfg.Hardware().Buses {
		line := commission.Line{Name: b.Name, Port: b.Port, Dialect: b.Dialect, Baud: b.Baud}
		for _, p := range b.Boards {
			line.Boards = append(line.Boards, commission.Board{
				Address: p.Address, Channels: p.Channels, InvertHook: p.InvertHook, Presence: p.HasPresence,
				InvertPresence: p.InvertSensor,
				LowFirst:       p.LowFirst, LockByte: p.LockByte, FromZero: p.FromZero, Each: p.Each,
			})
		}
		k.Lines = append(k.Lines, line)
	}
	columns := make([][]commission.Door, len(cfg.Columns))
	for _, d := range cfg.Compartments() {
		door := commission.Door{
			Number: d.Number, Size: d.Size, At: commission.At{Line: d.Bus, Address: d.Board, Lock: d.Lock},
		}
		k.Doors = append(k.Doors, door)
		columns[d.Column] = append(columns[d.Column], door)
	}
	k.Columns = columns
	for _, s := range cfg.Sizes {
		k.Sizes = append(k.Sizes, s.Name)
	}
	return k
}

// OtherPorts are those at which something else than lock boards is expected;
// nobody would like to be asked for its contacts there.
func OtherPorts(cfg *config.Config) []string {
	ports := []string{cfg.Printer.Port, cfg.LabelPrinter.Port}
	for _, t := range cfg.EveryTerminal() {
		ports = append(ports, t.Scanner.Port, t.Badge.Port)
	}
	for _, s := range cfg.Sensors() {
		ports = append(ports, s.Port)
	}
	return slices.DeleteFunc(ports, func(p string) bool { return p == "" })
}

// Occupied names the doors behind which parcels lie, or something does. A parcel
// whose deposit has not ended may be inside.
func Occupied(all []wall.Compartment) (numbers []string) {
	for _, c := range all {
		if c.Allocation == wall.Occupied || c.Contents == wall.ContentsPresent || c.Parcel != "" {
			numbers = append(numbers, c.Number)
		}
	}
	return numbers
}

// CheckInside refuses commissioning while parcels lie behind doors that were
// not named.
func CheckInside(occupied, named []string) error {
	missing := unnamed(occupied, named)
	if len(missing) == 0 {
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "parcels-inside",
		"parcels lie behind doors %s: take them out first, or name each of these doors (--parcel-inside %s), which "+
			"then stay shut",
		strings.Join(missing, ", "), strings.Join(missing, ","))
}

// StayShut are the doors that are not to be opened: those behind which parcels
// lie, and those that a person named, who may know more. It refuses a door that
// is not on the wall.
func StayShut(cfg *config.Config, occupied, named []string) ([]string, error) {
	all := slices.Clone(occupied)
	for _, n := range unnamed(named, occupied) {
		if !slices.ContainsFunc(cfg.Compartments(), func(c config.Compartment) bool { return c.Number == n }) {
			return nil, ledger.Refuse(ledger.Invalid, "no-such-compartment",
				"there is no door %q on this wall that could stay shut", n)
		}
		all = append(all, n)
	}
	return all, nil
}

func unnamed(occupied, named []string) (missing []string) {
	for _, n := range occupied {
		if !slices.Contains(named, n) {
			missing = append(missing, n)
		}
	}
	return missing
}

// WriteWiring makes what commissioning has found the configuration at path, when
// it fits. A station that has no file yet begins with source.
func WriteWiring(path, source string, lines []commission.Line, wall *commission.Wall, doors []commission.Door,
	fits func(*config.Config) error) error {
	text, err := os.ReadFile(path)
	if err != nil && (!os.IsNotExist(err) || source == "") {
		return err
	}
	if err == nil {
		source = string(text)
	}
	rewritten, err := config.Rewrite(path, source, rewiring(lines, wall, doors))
	if err != nil {
		return err
	}
	fresh, err := config.Parse(path, rewritten)
	if err == nil {
		err = fits(fresh)
	}
	if err == nil {
		_, err = config.Replace(path, rewritten, time.Now())
	}
	return err
}

func rewiring(lines []commission.Line, wall *commission.Wall, doors []commission.Door) (r config.Rewiring) {
	for _, l := range lines {
		bus := config.Bus{Name: l.Name, Port: l.Port, Dialect: l.Dialect, Baud: l.Baud}
		for _, b := range l.Boards {
			board := config.Board{Address: b.Address, Channels: b.Channels, InvertHook: b.InvertHook,
				Presence:       b.Presence,
				InvertPresence: b.InvertPresence, LockByte: b.LockByte, FirstLock: 1}
			if b.LowFirst {
				board.BitmapOrder = "low-first"
			}
			if b.FromZero {
				board.FirstLock = 0
			}
			if b.Each {
				board.Query = "each"
			}
			bus.Boards = append(bus.Boards, board)
		}
		r.Buses = append(r.Buses, bus)
	}
	for _, d := range doors {
		r.Doors = append(r.Doors, config.Door{
			Number: d.Number, Size: d.Size, Bus: d.At.Line, Board: d.At.Address, Lock: d.At.Lock,
		})
	}
	if wall == nil {
		return r
	}
	for _, s := range wall.Sizes {
		r.Sizes = append(r.Sizes, config.Size{Name: s.Name, WidthMM: s.Width, HeightMM: s.Height, DepthMM: s.Depth})
	}
	for _, c := range wall.Columns {
		column := config.Column{}
		for _, d := range c {
			column.Doors = append(column.Doors, config.Door{Number: d.Number, Size: d.Size})
		}
		r.Columns = append(r.Columns, column)
	}
	return r
}

// NewStation is the file of a station that has none yet, without its wall, and
// what of it counts before it is written.
func NewStation(path, id, name string) (*config.Config, string, error) {
	const data = "data"
	if err := config.CheckStation(id, name); err != nil {
		return nil, "", err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, "", err
	}
	cfg := &config.Config{Path: path}
	cfg.Station.ID, cfg.Station.Name, cfg.Station.DataDir = id, name, filepath.Join(folder, data)
	return cfg, fmt.Sprintf("[station]\nid = %q\nname = %q\ndata_dir = %q\n", id, name, data), nil
}
