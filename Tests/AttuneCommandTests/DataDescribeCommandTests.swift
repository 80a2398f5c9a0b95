import Foundation
import Testing

/// `attune data describe` as a process.
@Suite struct DataDescribeCommandTests {
  @Test func `a file is described with its balance, its odd cells and a source to copy`() throws {
    try inFolder { folder in
      let rows = (0..<40).map {
        "\($0 % 4 == 0 ? "cat" : "dog"),\($0 == 9 ? "n. a." : "\($0).5"),\($0 == 3 ? "?" : "1")"
      }
      try write("kind,weight,one\n" + rows.joined(separator: "\n") + "\n", to: folder + "/pets.csv")
      let outcome = try attune("data", "describe", "pets.csv", "--target", "kind", in: folder)
      #expect(outcome.code == 0 && outcome.errors.isEmpty)
      #expect(
        outcome.output == """
          pets.csv: 40 rows × 3 columns, 448 bytes, separator ',', header

          column  type      missing    distinct  least, mean, most, or frequent values
          kind    category  0          2         dog (30), cat (10)
          weight  number    0          40        0.5, 20.2692, 39.5
          one     constant  1 (2.5 %)  1         1 (39)

          look at:
            column "weight": 1 cell that is no number: line 11 (row 10) "n. a."
            column "one" has one value in all rows

          balance of kind, 2 values:
            dog  30  75.0 %  ██████████████████████████████
            cat  10  25.0 %  ██████████

          for a config file:
          data:
            source:
              kind: csv
              path: pets.csv
              target: kind
              ignore: [one]
              onError: skip
            task: classification

          """)
      struct Table: Decodable {
        struct Column: Decodable {
          var name: String, kind: String, missing: Int
        }
        var rows: Int, columns: [Column]
      }
      let json = try attune("data", "describe", "pets.csv", "--json", in: folder)
      let tables = try JSONDecoder().decode([Table].self, from: Data(json.output.utf8))
      #expect(tables.map(\.rows) == [40] && tables[0].columns.map(\.missing) == [0, 0, 1])
    }
  }

  @Test(arguments: [
    "kind;weight;city\ncat;1,5;Bonn\ndog;?;Rome\ncat;2,5;Bonn\ndog;3,5;Rome\n",
    "kind,weight,city\n"
      + (0..<30).map { "\($0 % 2 == 0 ? "a" : "b"),\($0 == 4 ? "x" : "\($0)"),c\($0 % 3)\n" }.joined(),
    "kind\tweight\na\t1\nb\t2\na\t3\nb\t4\n", "kind,x\na,1\n\nb,2\na,3\nb,4\na,5\nb,6\n",
    ",kind,x\n0,a,1\n1,b,2\n2,a,3\n3,b,4\n4,a,5\n5,b,6\n", "kind,\"x\u{1B}\u{7}\"\na,1\nb,2\na,3\nb,4\n",
  ])
  func `the suggested source is a config that loads the file`(text: String) throws {
    try inFolder { folder in
      try write(text, to: folder + "/pets.csv")
      let outcome = try attune("data", "describe", "pets.csv", "--target", "kind", in: folder)
      let source = try #require(outcome.output.components(separatedBy: "for a config file:\n").dropFirst().first)
      try write(
        "name: pets\n" + source
          + """
          network: {kind: linear}
          training: [{name: adam, epochs: 1}]
          inference: [{name: none, strategy: none}]
          scenarios: [{name: clean}]

          """, to: folder + "/x.yaml")
      let run = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(run.code == 0, "\(run.errors)\n\(source)")
    }
  }

  @Test func `a list of names is remarked upon`() throws {
    try inFolder { folder in
      try write("ann\nbob\ncid\n", to: folder + "/names.txt")
      let outcome = try attune("data", "describe", "names.txt", in: folder)
      #expect(outcome.code == 0 && outcome.output.contains(", no header\n"), "\(outcome.output)")
      #expect(outcome.output.contains("look at:\n  there is one column, and a table for training has a column of"))
      #expect(!outcome.output.contains("\nfor a config file:"))
      try write("ann,oslo\nbob,rome\ncid,bonn\n", to: folder + "/pairs.csv")
      let pairs = try attune("data", "describe", "pairs.csv", in: folder).output
      #expect(pairs.contains("header (no header?)"), "\(pairs)")
      #expect(pairs.contains("\n  line 1 is taken for the names of the columns, but nothing sets it apart"))
    }
  }

  @Test(
    arguments: [
      ("+1 1:0.5 3:2\n-1 2:1\n+1 1:1 2:2 3:3\n-1 3:1\n", nil),
      ("|1x3 comment\n" + (0..<30).map { "\($0),\($0 % 7),k\($0 % 2)\n" }.joined(), "column3"),
    ] as [(String, String?)])
  func `a sparse file and one with an odd first line load too`(text: String, target: String?) throws {
    try inFolder { folder in
      try write(text, to: folder + "/pets.csv")
      let arguments = ["data", "describe", "pets.csv"] + (target.map { ["--target", $0] } ?? [])
      let outcome = try AttuneProcess(arguments, in: folder).finish()
      let source = try #require(outcome.output.components(separatedBy: "for a config file:\n").dropFirst().first)
      try write(
        "name: pets\n" + source
          + """
          network: {kind: linear}
          training: [{name: adam, epochs: 1}]
          inference: [{name: none, strategy: none}]
          scenarios: [{name: clean}]

          """, to: folder + "/x.yaml")
      let run = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(run.code == 0, "\(run.errors)\n\(source)")
    }
  }

  @Test func `a file cannot send commands to the terminal`() throws {
    try inFolder { folder in
      try write("a\u{1B}[2J,b,b\n\u{9B}x,1,2\ny,2,3\n", to: folder + "/x.csv")
      let outcome = try attune("data", "describe", "x.csv", in: folder)
      #expect(outcome.code == 0 && outcome.output.contains("a\\u{1B}[2J"), "\(outcome.output)")
      #expect(!outcome.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{9B}" })
      #expect(outcome.output.contains("  two columns are called \"b\"\n"))
      #expect(outcome.output.contains("no lines for a config file: every column needs a name of its own"))
    }
  }

  @Test func `what cannot be described is refused with its reason`() throws {
    try inFolder { folder in
      try Data([0x1F, 0x8B, 8, 0]).write(to: URL(filePath: folder + "/x.csv"))
      try write("a,b\n1,2\n", to: folder + "/y.csv")
      try write("", to: folder + "/empty.csv")
      for (arguments, code, message) in [
        (["x.csv"], 65, "x.csv: expected a CSV or .npy file, but it is packed with gzip; unpack it first\n"),
        (["empty.csv"], 65, "empty.csv: expected rows, but the file is empty; check how the file was written\n"),
        (
          ["y.csv", "--target", "c"], 65,
          "y.csv: expected a column \"c\" for --target, but none is called so; the columns are: a, b\n"
        ),
        (
          ["none.csv"], 66, "cannot read 'none.csv': No such file or directory; check the path and the current folder\n"
        ),
        (
          ["minst"], 66,
          "cannot read 'minst': there is no such file, and no public set of this name; did you mean the set 'mnist'?; "
            + "check the path and the current folder\n"
        ),
        (
          ["adult", "--folder", "d"], 66,
          "cannot read 'd/adult': the set is not there; fetch it with: attune data fetch adult; check the path and the "
            + "current folder\n"
        ),
      ] as [([String], Int32, String)] {
        let outcome = try AttuneProcess(["data", "describe"] + arguments, in: folder).finish()
        #expect(outcome.code == code)
        #expect(outcome.errors == "attune: error: \(message)")
      }
      #expect(try attune("data", "describe", "y.csv", "--separator", "ab", in: folder).code == 64)
    }
  }
}
