// Of offline.html. A file of its own because the content security policy forbids inline scripts.
;(function () {
  var status = document.getElementById('status')
  function load() {
    status.textContent = 'Trying again ...'
    location.reload()
  }
  document.getElementById('again').addEventListener('click', load)
  addEventListener('online', load)
})()
