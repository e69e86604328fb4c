import edu.hm.hafner.analysis.FileReaderFactory;
import edu.hm.hafner.analysis.registry.ParserRegistry;
import java.nio.file.Path;

/** What Jenkins' analysis-model reads: arguments are pairs of a parser and a file. */
public class Read {
    public static void main(String[] arguments) {
        for (int at = 0; at + 1 < arguments.length; at += 2) {
            var parser = new ParserRegistry().get(arguments[at]).createParser();
            var report = parser.parse(new FileReaderFactory(Path.of(arguments[at + 1])));
            report.forEach(issue -> System.out.println(String.join("\t", issue.getFileName(),
                    "" + issue.getLineStart(), "" + issue.getColumnStart(), issue.getSeverity().getName(),
                    issue.getType() + " " + issue.getMessage().replace("\n", " "))));
        }
    }
}
