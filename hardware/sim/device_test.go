package sim

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAClimateSensorAnswersAsPublished(t *testing.T) {
	for _, tc := range []struct {
		name    string
		sensor  Climate
		weather Weather
		fault   string
		request string
		answer  string
	}{
		{"published", Climate{Address: 1}, Weather{"", 30.5, 54.6}, "", "01 04 00 01 00 02 20 0B",
			"01 04 04 01 31 02 22 2A CE"},
		{"below zero", Climate{Address: 1}, Weather{"", -4.2, 80}, "", crc("01 04 00 01 00 01"), crc("01 04 02 FF D6")},
		{"in hundredths", Climate{Address: 1, Hundredths: true}, Weather{"", 30.5, 54.6}, "", "01 04 00 01 00 02 20 0B",
			crc("01 04 04 0B EA 15 54")},
		{"a register that is not there", Climate{Address: 1}, Weather{"", 5, 50}, "", crc("01 04 00 03 00 01"),
			crc("01 84 02")},
		{"another function", Climate{Address: 1}, Weather{"", 5, 50}, "", crc("01 03 00 01 00 02"), crc("01 83 01")},
		{"a broken probe", Climate{Address: 1}, Weather{"", 5, 50}, "climate-broken climate-cool on",
			crc("01 04 00 01 00 01"), crc("01 04 02 7F FF")},
		{"another address", Climate{Address: 2}, Weather{"", 5, 50}, "", "01 04 00 01 00 02 20 0B", ""},
		{"silence", Climate{Address: 1}, Weather{"", 5, 50}, "climate-mute climate-cool on",
			"01 04 00 01 00 02 20 0B", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tc.sensor.Name, tc.sensor.Link, tc.sensor.Baud = "cool", "x", 9600
				host, s := furnished(t, Plan{Climates: []Climate{tc.sensor}}, "climate-cool")
				if err := s.SetWeather(tc.weather); err != nil {
					t.Fatal(err)
				}
				if tc.fault != "" {
					plague(t, s, tc.fault)
				}
				if got, want := heard(t, host, s, tc.request, time.Second),
					unhex(t, tc.answer); !bytes.Equal(got, want) {
					t.Errorf("got % x, want % x", got, want)
				}
			})
		})
	}
	s := newSite(Plan{Climates: []Climate{{Name: "cool", Link: "x", Baud: 9600}}})
	s.furnish()
	for _, tc := range []struct {
		w    Weather
		want error
	}{
		{Weather{"warm", 5, 50}, ErrUnknown}, {Weather{"", 500, 50}, ErrCannot}, {Weather{"cool", 5, 101}, ErrCannot},
		{Weather{"cool", 5, 50}, nil},
	} {
		if err := s.SetWeather(tc.w); !errors.Is(err, tc.want) {
			t.Errorf("%+v: %v, want %v", tc.w, err, tc.want)
		}
	}
}

func TestPrintersSufferFromFaults(t *testing.T) {
	for _, tc := range []struct {
		fault string
		name  string
		asks  string
		says  string
	}{
		{"", "printer", "10 04 01", "12"},
		{"cover printer on", "printer", "10 04 02", "16"},
		{"paper-out printer on", "printer", "10 04 04", "72"},
		{"near-end printer on", "printer", "10 04 04", "1E"},
		{"paper-left printer 0", "printer", "10 04 04", "7E"},
		{"offline printer on", "printer", "10 04 01", "1A"},
		{"cutter printer on", "printer", "10 04 03", "1A"},
		{"mute printer on", "printer", "10 04 01", ""},
		{"head-open label on", "label", "7E 48 53", ""},
		{"label-mute label on", "label", "7E 48 53", ""},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, s := furnished(t, Plan{
					Printer: Printer{Link: "x", Baud: 115200}, Label: Printer{Link: "y", Baud: 115200},
				}, tc.name)
				if tc.fault != "" {
					plague(t, s, tc.fault)
				}
				if got, want := heard(t, host, s, tc.asks, time.Second), unhex(t, tc.says); !bytes.Equal(got, want) {
					t.Errorf("got % x, want % x", got, want)
				}
			})
		})
	}
}

func TestALateAnswerOfAPrinterComesAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := furnished(t, Plan{Printer: Printer{Link: "x", Baud: 115200}}, "printer")
		plague(t, s, "print-late printer 2s")
		if got := heard(t, host, s, "10 04 01", time.Second); len(got) > 0 {
			t.Errorf("after a second: % x", got)
		}
		if got := heard(t, host, s, "", 2*time.Second); !bytes.Equal(got, []byte{0x12}) {
			t.Errorf("after three: % x", got)
		}
	})
}

func TestWhatIsPrintedCanBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		host, s := furnished(t, Plan{Printer: Printer{Link: "x", Baud: 115200}}, "printer")
		heard(t, host, s, "1B 40 48 69 0A 1D 56 42 03", time.Second)
		roll, err := s.Paper("printer")
		if err != nil || !strings.HasPrefix(roll.Text(), "Hi\n- ") {
			t.Errorf("%q, %v", roll.Text(), err)
		}
		entries, _ := s.Journal(0)
		if len(entries) != 1 || entries[0].Kind != "print" || entries[0].Device != "printer" {
			t.Errorf("journal %+v", entries)
		}
		if _, err := s.Paper("label"); !errors.Is(err, ErrUnknown) {
			t.Errorf("a printer that is not there: %v", err)
		}
	})
}
