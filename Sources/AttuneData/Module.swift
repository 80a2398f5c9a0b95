internal import AttuneCore
