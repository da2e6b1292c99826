{{ mirror_gap() }}
