import AttuneCommand

await AttuneMain.run()
