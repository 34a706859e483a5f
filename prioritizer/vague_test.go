package prioritizer

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/burnlist/burnlist"
)

// titles are labelled by hand.
type titles struct{ Vague, Specific []string }

func readTitles(t testing.TB, file string) titles {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all titles
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Vague) < 20 || len(all.Specific) < 20 {
		t.Fatalf("%s has %d vague and %d specific titles", file, len(all.Vague), len(all.Specific))
	}
	return all
}

// heldBack reports whether a title belongs to the part that the rules were not
// made on.
func heldBack(title string) bool { return sha256.Sum256([]byte(title))[0]%10 >= 6 }

// score counts how titles were judged.
type score struct{ hit, missed, wrong, right int }

func (s score) precision() float64 { return float64(s.hit) / float64(s.hit+s.wrong) }
func (s score) recall() float64    { return float64(s.hit) / float64(s.hit+s.missed) }

func (all titles) score(of func(string) bool) (s score) {
	for _, title := range all.Vague {
		switch {
		case !of(title):
		case judgeTitle(title).kind != notVague:
			s.hit++
		default:
			s.missed++
		}
	}
	for _, title := range all.Specific {
		switch {
		case !of(title):
		case judgeTitle(title).kind != notVague:
			s.wrong++
		default:
			s.right++
		}
	}
	return s
}

func TestMostVagueTitlesAreFoundAndFewOthers(t *testing.T) {
	for _, file := range []string{"titles.json", "titles_own.json"} {
		all := readTitles(t, file)
		got := all.score(func(string) bool { return true })
		t.Logf("%s: precision %.3f, recall %.3f, %+v", file, got.precision(), got.recall(), got)
		if got.precision() < 0.9 || got.recall() < 0.8 {
			t.Errorf("%s: precision %.3f, recall %.3f, want at least 0.9 and 0.8", file, got.precision(), got.recall())
		}
	}
	all := readTitles(t, "titles.json")
	for part, of := range map[string]func(string) bool{
		"worked on": func(title string) bool { return !heldBack(title) },
		"held back": heldBack,
	} {
		got := all.score(of)
		t.Logf("%s: precision %.3f, recall %.3f, %+v", part, got.precision(), got.recall(), got)
	}
}

// TestWhatMakesATitleVagueAndWhatLiftsIt has, for each rule, the word that it
// names, and next to it what it must pass over.
func TestWhatMakesATitleVagueAndWhatLiftsIt(t *testing.T) {
	for title, want := range map[string]struct {
		kind vagueKind
		word string
	}{
		"Improve search":                               {openEnded, "Improve"},
		"We should really improve search":              {notVague, ""}, // only plain beginnings are passed over
		"We should improve search":                     {openEnded, "improve"},
		"search: improve ranking":                      {openEnded, "improve"},
		"[search] improve ranking":                     {openEnded, "improve"},
		"Improve search by caching facets":             {notVague, ""},
		"Improve search by Friday":                     {openEnded, "Improve"},
		"Improve the hit rate of the cache to 95 %":    {notVague, ""},
		"Improve handling of HTTP 500 errors":          {openEnded, "Improve"},
		"Improve PostgreSQL 16 configuration":          {openEnded, "Improve"},
		"Export the counter to improve the forecast":   {notVague, ""},
		"Alert when more than 5 calls fail":            {notVague, ""},
		"Alert when more calls fail than last week":    {openEnded, "more"},
		"Write no more than one line per call":         {notVague, ""},
		"Make ranking reliable":                        {openEnded, "reliable"},
		"Serve a reliable answer from the second node": {notVague, ""},
		"Reduce time-outs":                             {noValue, "Reduce"},
		"Reduce time-outs to 3 a day":                  {notVague, ""},
		"Lower the log level of probes to trace":       {notVague, ""},
		"Review grants":                                {noOutcome, "Review"},
		"Review grants monthly":                        {notVague, ""},
		"Review grants and revoke unused ones":         {notVague, ""},
		"Add a review step to the release of the cart": {notVague, ""},
		"Look at the cart":                             {noOutcome, "Look at"},
		"Why did the canary pass?":                     {noOutcome, "Why"},
		"Ask the team to watch the queue":              {atPeople, "Ask the team"},
		"Ask the carrier for a second address":         {notVague, ""},
		"Be on time":                                   {atPeople, "Be on"},
		"Be careful":                                   {atPeople, "careful"},
		"Prevent it from happening":                    {noMeans, "Prevent it from happening"},
		"Ensure that a leak does not happen":           {noMeans, "Ensure that a leak does not happen"},
		"Make sure that leaks never occur again":       {noMeans, "occur again"},
		"Retry when the scan repeats, not before":      {notVague, ""},
		"Fix login issues":                             {noMeans, "Fix login issues"},
		"Fix the race between scan and label":          {notVague, ""},
		"Fix errors in cart_total":                     {notVague, ""},
		"Document everything":                          {sweeping, "everything"},
		"Trim images when possible":                    {putOff, "when possible"},
		"Trim images above 40 kB when possible":        {putOff, "when possible"},
		"Trim images when we have time":                {putOff, "when we have time"},
		"Page when time between scans exceeds 5 s":     {notVague, ""},

		"Add tests":                      {noObject, "Add tests"},
		"Add tests of the label printer": {notVague, ""},
		"Hold a workshop on labels":      {onlyMeeting, "workshop"},

		"Prevent deploys while a rollback runs, or on Friday": {notVague, ""},
		"Prevent deploys during an incident":                  {notVague, ""},
		"Prevent deploys from happening during an incident":   {notVague, ""},
		"Prevent incidents during deploys":                    {noMeans, "Prevent incidents during deploys"},
		"Never deploy without review":                         {notVague, ""},
		"Never deploy":                                        {noObject, "Never deploy"},
		"Deploy only after review":                            {notVague, ""},
		"Deploy after review":                                 {noObject, "Deploy after review"},
		"Fix the incident template":                           {notVague, ""},
		"Fix the incident permanently":                        {noMeans, "Fix the incident permanently"},
		"Fix incidents":                                       {noMeans, "Fix incidents"},
		"Review scans and fix login issues":                   {noMeans, "fix login issues"},
		"Review scans, then cap their size":                   {notVague, ""},
		"Review scans & cap their size":                       {notVague, ""},
		"Review scans and alert rules":                        {noOutcome, "Review"},
		"Review scans and alert on lag":                       {notVague, ""},
		"Review scans and improve labels":                     {noOutcome, "Review"},
		"Review scans and bring the lag below 30 s":           {notVague, ""},
		"Review scans above 30 s":                             {noOutcome, "Review"},
		"Speed limit of the importer":                         {notVague, ""},
		"Speed the importer up":                               {noValue, "Speed"},
		"Speed":                                               {noObject, "Speed"},
		"Audit log of grants":                                 {notVague, ""},
		"Audit grants":                                        {noOutcome, "Audit"},
		"Make sure alerts reach the on-call":                  {noMeans, "Make sure"},
		"x":                                                   {notVague, ""},
		"":                                                    {notVague, ""},
		"…":                                                   {notVague, ""},
	} {
		v := judgeTitle(title)
		if got := title[v.start:v.end]; v.kind != want.kind || got != want.word {
			t.Errorf("%q is of kind %d by %q, want %d by %q", title, v.kind, got, want.kind, want.word)
		}
	}
}

func TestTitlesOfOtherLanguagesAreRarelyFlagged(t *testing.T) {
	for _, title := range []string{
		"Monitoring der Warteschlange verbessern", "Besser testen", "Fehlerbehandlung überarbeiten", "Améliorer la supervision du panier",
		"Revoir les alertes de connexion", "Mejorar la observabilidad del carrito", "Migliorare i test del carrello", "Melhorar o monitoramento",
		"Larmet för kön ska bli bättre", "監視を改善する", "Улучшить мониторинг", "Poprawić obsługę błędów", "Ulepšit upozornění", "모니터링 개선",
		"تحسين المراقبة", "लॉग सुधारें", "Zlepšiť testy košíka", "Bewaking van de wachtrij verbeteren",
	} {
		if v := judgeTitle(title); v.kind != notVague {
			t.Errorf("%q is flagged for %q", title, title[v.start:v.end])
		}
	}
	// What the languages share with English is taken for English.
	if judgeTitle("Monitoring").kind != noObject {
		t.Error("a title of one word that fits every system is not flagged")
	}
}

func TestADefinitionOfDoneMakesUpForATitle(t *testing.T) {
	for done, lifted := range map[string]bool{
		"":                                       false,
		"it is better":                           false,
		"everything works":                       false,
		"monitoring is improved":                 false,
		"when we have time":                      false,
		"when the lag is below 2 s, if possible": false,
		"done":                                   false,
		"- ?":                                    false,
		"The runbook is linked from the alert":   true,
		"deployed to production":                 true,
		"CI is green":                            true,
		"監視が本番で動いている":                            true,
		"99.9 % of the scans are seen":           true,
		"the alert fires within 5 minutes":       true,
		"The alert has paged Ana in a drill":     true,
		"a run with an expired key is refused":   true,
	} {
		item := burnlist.Item{ItemFields: burnlist.ItemFields{Title: "Improve monitoring", DoneWhen: burnlist.NullString(done)}}
		if got := vague(&item).kind == notVague; got != lifted {
			t.Errorf("done when %q: lifted is %v, want %v", done, got, lifted)
		}
	}
}

func TestJudgingATitleAllocatesNothing(t *testing.T) {
	item := burnlist.Item{ItemFields: burnlist.ItemFields{
		Title: strings.Repeat("Überprüfe everything 30 % ", 12), DoneWhen: burnlist.NullString(strings.Repeat("it is better, ", 70)),
	}}
	if n := testing.AllocsPerRun(100, func() { vague(&item) }); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

func FuzzVague(f *testing.F) {
	for _, file := range []string{"titles.json", "titles_own.json"} {
		all := readTitles(f, file)
		for _, title := range append(all.Vague, all.Specific...) {
			f.Add(title, "")
		}
	}
	for _, title := range []string{"\xff improve", "Improve\u00a0it", "make ſure", "mehr Überwachung: 5\u202f%", "e.g. a.b-c/d'", "a_", "9.", "≥9ms", "[x]:;", strings.Repeat("more ", 200)} {
		f.Add(title, title)
	}
	f.Fuzz(func(t *testing.T, title, done string) {
		item := burnlist.Item{ItemFields: burnlist.ItemFields{Title: title, DoneWhen: burnlist.NullString(done)}}
		v := vague(&item)
		if (v.kind == notVague) != (v == vagueness{}) || v.start > v.end || int(v.end) > len(title) {
			t.Fatalf("%q is judged as %+v", title, v)
		}
		if v.kind == notVague {
			return
		}
		word := title[v.start:v.end]
		if word == "" || utf8.ValidString(title) != utf8.ValidString(word) && utf8.ValidString(title) {
			t.Fatalf("%q is vague by %q", title, word)
		}
		if v.text(title) == "" || vagueEvidence(&item) == "" {
			t.Fatalf("nothing is said of %q", title)
		}
	})
}
