// The Markdown that sarif-to-markdown makes of a log: arguments are the folder of the module and the file.
const { sarifToMarkdown } = require(process.argv[2]);
const log = JSON.parse(require("fs").readFileSync(process.argv[3]));
const made = sarifToMarkdown({ owner: "o", repo: "r", branch: "main", sourceRoot: "" })(log);
for (const each of made) console.log(each.body);
