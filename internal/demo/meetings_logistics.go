package demo

import "time"

// logisticsMeetings are held nearly every week, with a spent budget at each of them.
// At 12 burnlist was down, and at 8 nobody came.
var logisticsMeetings = []Meeting{
	{Product: "logistics", Weeks: 11, Chair: farid, Choices: []Choice{
		commit("PM-28/1", omar, 9, ""),
		carry("PM-28/2", farid),
	}},
	{Product: "logistics", Weeks: 10, Chair: farid, Choices: []Choice{
		finish("PM-28/1", omar, "code.example.org/inventory/pull/911"),
		carry("PM-32/1", grace),
	}},
	{Product: "logistics", Weeks: 9, Chair: grace, Choices: []Choice{
		finish("PM-32/1", grace, "code.example.org/shipping/pull/588"),
		duplicate("PM-32/3", hana, "PM-32/2"),
	}},
	{Product: "logistics", Weeks: 7, Chair: grace, Choices: []Choice{
		carry("PM-32/2", hana),
		carry("PM-28/2", farid),
	}},
	{Product: "logistics", Weeks: 6, Chair: farid, Choices: []Choice{
		reopen("PM-32/1", farid, "The check runs for one depot only: the carrier's last release broke all the others again."),
		carry("PM-32/1", grace),
		carry("PM-32/2", hana),
		carry("PM-28/2", farid),
	}},
	{Product: "logistics", Weeks: 5, Chair: farid, Choices: []Choice{
		finish("PM-28/2", farid, "code.example.org/inventory/pull/954"),
		carry("PM-39/2", hana),
		carry("PM-32/1", grace),
		carry("PM-39/3", luis),
	}},
	{Product: "logistics", Weeks: 4, Chair: grace, Ahead: 20 * time.Hour, Choices: []Choice{
		finish("PM-32/2", hana, "code.example.org/shipping/pull/623"),
		carry("PM-32/1", grace),
		carry("PM-39/2", hana),
	}},
	{Product: "logistics", Weeks: 3, Chair: farid, Choices: []Choice{
		commit("Retry the tax office's interface with back-off", hana, 30, ""),
		carry("PM-32/1", grace),
		carry("PM-39/2", hana),
		carry("PM-39/3", luis),
	}},
	{Product: "logistics", Weeks: 2, Chair: grace, Choices: []Choice{
		commit("PM-32/1", grace, 9, ""),
		carry("PM-41/1", grace),
		carry("PM-41/2", hana),
		carry("PM-39/3", luis),
	}},
	{Product: "logistics", Weeks: 1, Chair: farid, Choices: []Choice{
		carry("PM-39/2", hana),
		carry("PM-32/1", grace),
		carry("PM-41/1", grace),
		carry("PM-41/2", hana),
	}},
	{Product: "logistics", Weeks: 0, Chair: farid, Choices: []Choice{
		finish("PM-39/3", luis, "code.example.org/invoicing/pull/93"),
		commit("PM-45/3", farid, 12, "Nobody had taken it until now."),
		carry("PM-41/1", grace),
		carry("PM-32/1", grace),
		carry("PM-45/1", omar),
	}},
}
