// Sorts and searches the tables of the class; without JavaScript they are plain tables. Of a large
// class only the first rows are drawn, because a browser needs seconds for thousands: a button shows
// more.
const collator = new Intl.Collator("en", { numeric: true });
const value = (row, column) => {
  const cell = row.cells[column];  // a student without a hand-in has fewer cells
  return cell?.dataset.value ?? cell?.textContent.trim() ?? "";
};
const compare = (a, b) => {
  if (a === "" || b === "") return (a === "") - (b === "") || 0;
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? collator.compare(a, b) : difference;
};
class Rows {
  constructor(table) {
    this.body = table.tBodies[0];
    this.first = this.body.rows.length;
    this.all = [...table.tBodies].flatMap((body) => [...body.rows]);
    this.found = this.all;
    this.more = document.createElement("button");
    this.more.type = "button";
    this.more.className = "more";
    table.parentElement.after(this.more);
    this.more.addEventListener("click", () => this.show(2 * this.shown));
    addEventListener("beforeprint", () => this.show(this.found.length));
    this.count(this.first);
  }
  count(shown) {
    this.shown = shown;
    this.more.hidden = shown >= this.found.length;
    this.more.textContent = `Show more: ${shown} of ${this.found.length}`;
  }
  show(shown) {
    this.body.replaceChildren(...this.found.slice(0, shown));
    this.count(shown);
  }
  sort(column, sign) {
    const keyed = this.all.map((row) => [value(row, column), row]);
    // Unknown values stay at the bottom in both orders.
    keyed.sort(([a], [b]) => (a === "" || b === "" ? compare(a, b) : sign * compare(a, b)));
    this.all = keyed.map(([, row]) => row);
    this.search(this.words);
  }
  search(words = []) {
    this.words = words;
    this.texts ??= new Map(this.all.map((row) => [row, row.textContent.toLowerCase()]));
    const has = (row) => words.every((word) => this.texts.get(row).includes(word));
    this.found = words.length ? this.all.filter(has) : this.all;
    this.show(this.first);
  }
}
const tables = new Map();
for (const table of document.querySelectorAll("table.sortable")) {
  const rows = new Rows(table);
  tables.set(table, rows);
  const headings = [...table.tHead.rows[0].cells];
  for (const [column, heading] of headings.entries()) {
    const button = heading.querySelector("button");
    if (!button) continue;
    button.disabled = false;
    button.addEventListener("click", () => {
      const again = heading.getAttribute("aria-sort") === (button.dataset.first ?? "ascending");
      const first = button.dataset.first ?? "ascending";
      const order = again ? (first === "ascending" ? "descending" : "ascending") : first;
      for (const each of headings) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
      rows.sort(column, order === "ascending" ? 1 : -1);
    });
  }
}
const search = document.getElementById("search");
const rows = tables.get(document.querySelector("table.class"));
search.disabled = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  rows.search(words);
  const found = `${rows.found.length} of ${rows.all.length}`;
  document.getElementById("found").textContent = words.length ? found : "";
});
