import Foundation
import GRDB
import Testing

@testable import AttuneExperiments

/// docs/store.md against the store.
@Suite struct StoreDocumentationTests {
  private typealias Small = SmallExperiment

  private func page() throws -> String {
    try String(contentsOfFile: Small.repository.path + "/docs/store.md", encoding: .utf8)
  }

  @Test func `every question of the page gives rows`() async throws {
    try await Small.inFolder { runs in
      try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: false)
      try await StoreFixture.run(StoreFixture.rich(), in: runs, "a")
      let store = try AttuneStore(runs: runs)
      // A small stream tells of no alarm by itself.
      try store.write {
        try $0.execute(
          sql: "INSERT INTO events (arm, \"row\", batch, kind, message) SELECT min(id), 0, 0, 'reset', 'x' FROM arms")
      }
      let questions = try page().matches(of: #/```sql\n([\s\S]*?)```/#).map { String($0.1) }
      #expect(questions.count >= 6)
      for question in questions {
        let rows = try store.rows(question)
        #expect(!rows.isEmpty, "\(question)")
      }
    }
  }

  @Test func `every table, view and column is on the page`() throws {
    let text = try page(), store = try AttuneStore.inMemory(runs: "runs")
    let names = try store.read {
      try String.fetchAll(
        $0, sql: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'")
    }
    #expect(names.count == 14)
    for name in names {
      #expect(text.contains("`\(name)`"), "\(name)")
      guard !["results", "progress"].contains(name) else { continue }
      let strict = try store.read {
        try Int.fetchOne($0, sql: "SELECT strict FROM pragma_table_list WHERE name = ?", arguments: [name])
      }
      #expect(strict == 1, "\(name) is strict")
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") })
      let columns = try store.read {
        try String.fetchAll($0, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name])
      }
      for column in columns where name != "cells" { #expect(line.contains("`\(column)`"), "\(name).\(column)") }
    }
  }
}
