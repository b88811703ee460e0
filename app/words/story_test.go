package words_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cubby/app/words"
	"cubby/locker/view"
)

func TestALineOfAStoryIsASentence(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	opened := view.StoryLine{What: "desk.opened", Who: "Mira K.", Data: map[string]string{
		"By": "staff", "Door": "14", "Second": "Jon P.", "Reason": "customer reports damage",
	}}
	stored := view.StoryLine{What: "parcel.stored", Who: "North tour", Data: map[string]string{
		"By": "courier", "Door": "14", "Parcel": "…4711", "Deadline": "2026-03-01T23:30:00Z",
	}}
	because := func(what, why string) view.StoryLine {
		return view.StoryLine{What: what, Data: map[string]string{"Door": "3", "Reason": why}}
	}
	for _, c := range []struct {
		line   view.StoryLine
		en, zh string
	}{
		{opened, "Door 14 was opened by Mira K. with Jon P.: customer reports damage",
			"Mira K.与Jon P.一起打开了 14 号柜门：customer reports damage"},
		{stored,
			"Parcel …4711 was put behind door 14 by courier North tour; to be collected by 2026-03-02 00:30",
			"快递员North tour将包裹 …4711 存入 14 号柜，取件截止时间为 2026-03-02 00:30"},
		{view.StoryLine{What: "parcel.collected", Who: "customer", Data: map[string]string{"By": "customer"}},
			"Collected by the customer", "顾客已取走包裹"},
		{view.StoryLine{What: "parcel.announced", Who: "web", Data: map[string]string{"By": "shop"}},
			"Announced by the shop's system (web)", "商家系统（web）发来了包裹预报"},
		{view.StoryLine{What: "parcel.announced"}, "Announced", "收到包裹预报"},
		{because("parcel.pickup_aborted", "not_taken"),
			"It was not collected from door 3: something was still inside",
			"包裹未从 3 号柜取走：柜内仍有物品"},
		{because("compartment.quarantined", "left open after a pickup"),
			"Door 3 was set aside for staff to look into: left open after a pickup",
			"3 号柜暂停使用，待工作人员查看：取件后柜门未关"},
		{because("compartment.quarantined", "to be looked into: the station's database was lost"),
			"Door 3 was set aside for staff to look into: to be looked into: the station's database was lost",
			"3 号柜暂停使用，待工作人员查看：需要查看: 系统数据库丢失"},
		{because("door.restored", "Too big: the box, 3_4"),
			"Door 3 was put back in use: Too big: the box, 3_4",
			"3 号柜已恢复使用：Too big: the box, 3_4"},
		{because("door.restored", "too big"), "Door 3 was put back in use: too big", "3 号柜已恢复使用：too big"},
		{because("door.restored", "of_a_newer_core"), "Door 3 was put back in use: of a newer core",
			"3 号柜已恢复使用：of a newer core"},
		{view.StoryLine{What: "of.tomorrow"}, "Something happened that this program does not know",
			"发生了本程序无法识别的事件"},
		{view.StoryLine{What: "remote.decided", Data: map[string]string{"Door": "4", "What": "open",
			"OrderedBy": "mira", "Reason": "she calls", "Refused": "too_many_openings"}},
			"mira at the centre ordered door 4 to be opened: she calls. The station refused: " +
				"no more doors may be opened from afar for now",
			"中心的 mira 下令打开 4 号柜：she calls。站点已拒绝：远程开门次数已达上限"},
		{view.StoryLine{What: "remote.command_obeyed", Data: map[string]string{"Door": "4", "What": "disable",
			"OrderedBy": "mira", "Reason": "hinge"}},
			"mira at the centre ordered door 4 to be taken out of service: hinge",
			"中心的 mira 下令停用 4 号柜：hinge"},
	} {
		for tag, want := range map[string]string{"en": c.en, "zh-Hans": c.zh} {
			if got := words.TellIn(open(t).For(tag), c.line, berlin); got != want {
				t.Errorf("%s: %q, want %q", tag, got, want)
			}
		}
	}
}

// What the rules write into the log as a reason is fixed, and so it is said in every
// language.
func TestEveryFixedReasonOfTheRulesIsSaidInEveryLanguage(t *testing.T) {
	paths, err := filepath.Glob("../../locker/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fixed := regexp.MustCompile(`(?:Reason: |\b(?:why|doubt|reason) :?= |t\.Doubt\(box, |, )"([a-z][a-z_' ` +
		`]*)"[,})\n]`)
	about := regexp.MustCompile(
		`Quarantined|DepositFailure|PickupAborted|ToCheck\{|Doubt\(|OutOfService\{|why :=|doubt :=`)
	texts := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(source), "\n")
		for i, line := range lines {
			if near := strings.Join(lines[max(0, i-2):i+1], ""); !about.MatchString(near) {
				continue
			}
			for _, m := range fixed.FindAllStringSubmatch(line, -1) {
				texts[m[1]] = true
			}
		}
	}
	if len(texts) < 12 {
		t.Fatalf("only %d reasons were found: %v", len(texts), texts)
	}
	en, zh := open(t).For("en"), open(t).For("zh-Hans")
	for text := range texts {
		line := view.StoryLine{
			What: "compartment.quarantined", Data: map[string]string{"Door": "1", "Reason": text},
		}
		if said := words.Tell(zh, line); strings.Contains(said, text) ||
			strings.Contains(words.Tell(en, line), "_") {
			t.Errorf("%q has no message story.reason or story.text: %s", text, said)
		}
	}
}

// The usual reasons that staff pick are words in the log, and said in its stories too.
func TestEveryReasonThatStaffPickIsToldInStories(t *testing.T) {
	ids, err := open(t).Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	picked := 0
	for _, id := range ids {
		reason, is := strings.CutPrefix(id, "staff.reason.")
		if !is || reason == "other" { // which is typed
			continue
		}
		picked++
		if !open(t).For("en").Has("story.reason." + reason) {
			t.Errorf("story.json lacks story.reason.%s", reason)
		}
	}
	if picked < 10 {
		t.Errorf("only %d reasons can be picked", picked)
	}
}
